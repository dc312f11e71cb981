#include "apps/explain/recorded_forecast.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>

#include "apps/data/number.h"
#include "apps/run/results.h"
#include "core/atomic_file.h"

namespace espalier {

namespace {

/// Two forecasts in float of one window, once alone and once among others.
bool is_same(double y_hat, double other, double deviation) {
  const double size = std::max(std::abs(y_hat), std::abs(other));
  return std::abs(y_hat - other) <= std::max(1e-4 * deviation, 1e-5 * size);
}

/// The first cell of `text`.
double leading_number(std::string_view text) {
  const ParsedCell cell = parse_number(text.substr(0, text.find_first_of(",\n")), '.');
  return cell.kind == CellKind::number ? cell.value : NAN;
}

}  // namespace

ExplainedWindow::Record recorded_forecast(const ExplainedWindow& window,
                                          std::span<const ColumnScale> standard) {
  using Record = ExplainedWindow::Record;
  const std::string path = window.run + "/forecasts.csv";
  std::error_code ignored;
  // It may be large, and nothing else needs it.
  if (!std::filesystem::exists(path, ignored)) return Record::none;
  const std::string csv = "\n" + read_file(path);
  Record record = Record::forecast;
  const std::size_t targets = window.targets.size();
  std::size_t at = 0;
  for (std::size_t i = 0; i < window.truth.own.size(); ++i) {
    const std::string beginning = "\n" + line_beginning({.series = window.series,
                                                         .ds = window.forecast_times[i / targets],
                                                         .cutoff = window.input_times.back(),
                                                         .step = i / targets + 1,
                                                         .target = window.targets[i % targets],
                                                         .y = window.truth.own[i]});
    // Lines of one window follow each other.
    at = i == 0 ? csv.find(beginning) : csv.find('\n', at);
    if (at == std::string::npos || csv.compare(at, beginning.size(), beginning) != 0) {
      return Record::none;
    }
    at += beginning.size();
    const double y_hat = leading_number(std::string_view(csv).substr(at));
    if (std::isnan(y_hat)) return Record::none;
    const double deviation = standard[i].deviation;
    if (window.random || is_same(y_hat, window.float_forecast[i], deviation)) continue;
    record = Record::other_forecast;
  }
  return record;
}

}  // namespace espalier
