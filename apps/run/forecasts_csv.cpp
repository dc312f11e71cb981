#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/run/results.h"

namespace espalier {

namespace {

std::string header(const RunResults& results) {
  std::string text = "ds,cutoff,step,target,y,y_hat";
  if (results.intervals) text += ",std,lo-90,hi-90";
  for (const ScoredForecasts& baseline : results.baselines) text += "," + baseline.name;
  return text + "\n";
}

}  // namespace

std::string forecasts_csv(const ForecastingTask& task, const RunResults& results) {
  std::string text = header(results);
  std::vector<std::string> names;
  for (const std::string& name : results.targets) names.push_back(csv_cell(name));
  const std::size_t targets = names.size();
  for (std::size_t i = 0; i < results.actual.size(); ++i) {
    const std::size_t step = i / targets % task.windows.horizon();
    const std::size_t first = task.split.test[i / task.windows.outputs()] + task.windows.window();
    text += fmt::format("{},{},{},{},{},{}", task.frame.time_texts[first + step],
                        task.frame.time_texts[first - 1], step + 1, names[i % targets],
                        results.actual[i], results.model.forecasts[i]);
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
