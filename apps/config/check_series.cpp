#include "apps/config/check_series.h"

#include <fmt/format.h>

namespace espalier {

void check_series(const DataConfig& data, Diagnostics& diagnostics) {
  if (data.melt && data.series) {
    diagnostics.at_value("/data/melt",
                         "\"series\" says already which series a row is of: leave one of the two "
                         "out");
  }
  if (!data.calendar.empty() && data.time.empty()) {
    diagnostics.at_value("/data/calendar",
                         "is made of the time of rows: name its column in \"time\"");
  }
  if (data.gaps == "fill" && data.missing == "error") {
    diagnostics.at_value(
        "/data/gaps",
        "\"fill\" inserts rows without values, which \"missing\": \"error\" refuses: "
        "set \"missing\" to \"ffill\" or \"interpolate\"");
  }
  const bool known_ahead = !data.known_future.empty() || !data.calendar.empty();
  if (known_ahead && data.horizon > data.window) {
    diagnostics.at_value(
        data.known_future.empty() ? "/data/calendar" : "/data/known_future",
        fmt::format("what is known ahead is seen through a window moved on by the horizon, so "
                    "\"window\" ({}) must not be shorter than \"horizon\" ({})",
                    data.window, data.horizon));
  }
}

}  // namespace espalier
