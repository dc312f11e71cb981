#include "models/model.h"

#include <algorithm>
#include <string>

#include "core/error.h"

namespace espalier {

std::vector<std::int64_t> ForecastShape::required_own_past(std::string_view model) const {
  const bool complete = static_cast<std::int64_t>(own_past.size()) == targets &&
                        std::ranges::find(own_past, -1) == own_past.end();
  if (complete) return own_past;
  throw Error("[" + std::string(model) +
              "] forecasts each target from its own past: name every target among the features");
}

}  // namespace espalier
