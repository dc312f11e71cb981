#include "apps/evaluation/scored_windows.h"

#include <numeric>
#include <utility>

#include "apps/data/scaler.h"

namespace espalier {

namespace {

/// Windows first … first + count − 1, by their number.
struct WindowRange {
  std::size_t first = 0;
  std::size_t count = 0;
};

/// Errors of the values whose index within a window is one of `outputs`.
ErrorMetrics metrics_of(const ScoredWindows& scored, std::span<const double> forecasts,
                        const WindowRange& windows, std::span<const std::size_t> outputs) {
  const std::size_t all = scored.horizon * scored.targets();
  std::vector<double> actual, forecast, naive;
  bool known = true;
  for (std::size_t w = windows.first; w < windows.first + windows.count; ++w) {
    for (const std::size_t output : outputs) {
      const std::optional<double>& unit = scored.naive_errors[output % scored.targets()];
      actual.push_back(scored.actual[w * all + output]);
      forecast.push_back(forecasts[w * all + output]);
      naive.push_back(unit.value_or(1));
      known = known && unit.has_value();
    }
  }
  if (!known) naive.clear();
  return error_metrics(actual, forecast, naive);
}

}  // namespace

EvaluatedMethod score_method(std::string name, const ScoredWindows& scored,
                             std::span<const double> forecasts) {
  const std::size_t targets = scored.targets(), horizon = scored.horizon;
  const WindowRange all{0, scored.indices.size()};
  std::vector<std::size_t> outputs(targets * horizon);
  std::iota(outputs.begin(), outputs.end(), std::size_t{0});
  EvaluatedMethod method{.name = std::move(name),
                         .all = metrics_of(scored, forecasts, all, outputs)};
  for (std::size_t step = 0; step < horizon; ++step) {
    const auto of_step = std::span(outputs).subspan(step * targets, targets);
    method.by_step.push_back(metrics_of(scored, forecasts, all, of_step));
  }
  for (std::size_t k = 0; k < targets; ++k) {
    std::vector<std::size_t> own;
    for (std::size_t step = 0; step < horizon; ++step) own.push_back(step * targets + k);
    method.by_target.push_back(metrics_of(scored, forecasts, all, own));
  }
  const std::vector<Series> series = scored.frame.all_series();
  const std::vector<std::size_t> places = series_of_windows(scored.frame, scored.indices);
  for (std::size_t first = 0; first < places.size();) {
    std::size_t end = first;
    while (end < places.size() && places[end] == places[first]) ++end;
    method.by_series.push_back(
        {.id = series[places[first]].id,
         .windows = end - first,
         .errors = metrics_of(scored, forecasts, {first, end - first}, outputs)});
    first = end;
  }
  return method;
}

}  // namespace espalier
