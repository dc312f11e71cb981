#include <string_view>

#include <fmt/format.h>

#include "apps/run/results.h"

namespace espalier {

namespace {

/// `text` as one cell, in quotes where RFC 4180 wants them.
std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  return quoted + '"';
}

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
  for (const std::string& name : results.targets) names.push_back(cell(name));
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
