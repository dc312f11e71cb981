#include "apps/explain/recorded_forecast.h"

#include <cmath>
#include <string>
#include <string_view>

#include "apps/data/number.h"
#include "apps/run/results.h"
#include "core/atomic_file.h"

namespace espalier {

namespace {

/// The y_hat of the line that begins so, NaN where there is none.
double y_hat_after(const std::string& beginning, std::string_view csv) {
  const std::size_t line = csv.find("\n" + beginning);
  if (line == std::string_view::npos) return NAN;
  const std::string_view rest = csv.substr(line + 1 + beginning.size());
  const ParsedCell cell = parse_number(rest.substr(0, rest.find_first_of(",\n")), '.');
  return cell.kind == CellKind::number ? cell.value : NAN;
}

}  // namespace

ExplainedWindow::Record recorded_forecast(const ExplainedWindow& window, const Scaling& scaling) {
  using Record = ExplainedWindow::Record;
  const std::string csv = read_file(window.run + "/forecasts.csv");
  Record record = Record::forecast;
  const std::size_t targets = window.targets.size();
  for (std::size_t i = 0; i < window.truth.own.size(); ++i) {
    const double y_hat = y_hat_after(line_beginning({.ds = window.forecast_times[i / targets],
                                                     .cutoff = window.input_times.back(),
                                                     .step = i / targets + 1,
                                                     .target = window.targets[i % targets],
                                                     .y = window.truth.own[i]}),
                                     csv);
    if (std::isnan(y_hat)) return Record::none;
    const ColumnScale& scale = scaling.targets[i % targets];
    const double tolerance = std::abs(scale.restored(1e-4) - scale.restored(0));
    if (window.random || std::abs(y_hat - window.float_forecast[i]) <= tolerance) continue;
    record = Record::other_forecast;
  }
  return record;
}

}  // namespace espalier
