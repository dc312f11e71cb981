#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/run/results.h"

namespace espalier {

namespace {

std::vector<QuantileColumn> columns_of(const RunResults& results) {
  return results.quantiles ? quantile_columns(results.quantiles->levels)
                           : std::vector<QuantileColumn>();
}

std::string header(const RunResults& results, const Frame& frame) {
  std::string text = frame.has_series_column() ? csv_cell(frame.series_column) + "," : "";
  text += "ds,cutoff,step,target,y,y_hat";
  for (const QuantileColumn& column : columns_of(results)) text += "," + column.name;
  if (results.intervals) text += ",std,lo-90,hi-90";
  for (const ScoredForecasts& baseline : results.baselines) text += "," + baseline.name;
  return text + "\n";
}

}  // namespace

std::string line_beginning(const ForecastLine& line) {
  const std::string series = line.series.empty() ? "" : csv_cell(line.series) + ",";
  return series + fmt::format("{},{},{},{},{},", line.ds, line.cutoff, line.step,
                              csv_cell(line.target), line.y);
}

std::string forecasts_csv(const ForecastingTask& task, const RunResults& results) {
  std::string text = header(results, task.frame);
  const std::size_t targets = results.targets.size();
  const std::vector<Series> all = task.frame.all_series();
  const std::vector<std::size_t> places = series_of_windows(task.frame, task.split.test);
  const std::vector<QuantileColumn> columns = columns_of(results);
  for (std::size_t i = 0; i < results.actual.size(); ++i) {
    const std::size_t step = i / targets % task.windows.horizon();
    const std::size_t first = task.split.test[i / task.windows.outputs()] + task.windows.window();
    text += line_beginning({.series = all[places[i / task.windows.outputs()]].id,
                            .ds = task.frame.time_texts[first + step],
                            .cutoff = task.frame.time_texts[first - 1],
                            .step = step + 1,
                            .target = results.targets[i % targets],
                            .y = results.actual[i]});
    text += fmt::format("{}", results.model.forecasts[i]);
    for (const QuantileColumn& column : columns) {
      text += fmt::format(",{}", results.quantiles->values[column.quantile][i]);
    }
    if (const auto& intervals = results.intervals) {
      text += fmt::format(",{},{},{}", intervals->deviations[i], intervals->lower[i],
                          intervals->upper[i]);
    }
    for (const ScoredForecasts& baseline : results.baselines) {
      text += fmt::format(",{}", baseline.forecasts[i]);
    }
    text += "\n";
  }
  return text;
}

}  // namespace espalier
