#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "apps/run/results.h"

namespace espalier {

namespace {

/// Every method has the same metrics in the same order. Infinite or NaN beside a reference that
/// makes no error.
double relative_change(const Metric& metric, const Metric& reference) {
  return metric.value / reference.value - 1;
}

/// In per cent, short enough for its column however far off a forecast is.
std::string percentage(double change) {
  if (!std::isfinite(change)) return "n/a  ";
  return std::abs(change) < 1e6 ? fmt::format("{:+.1f} %", 100 * change)
                                : fmt::format("{:+.2g} %", 100 * change);
}

std::string row(const ScoredForecasts& method, const ScoredForecasts& reference) {
  std::string text = fmt::format("{:<16}", method.name);
  for (const Metric& metric : method.metrics) text += fmt::format("{:>14.6g}", metric.value);
  if (&method == &reference) return text + "\n";
  const double change = relative_change(method.metrics.front(), reference.metrics.front());
  return text + fmt::format("{:>17}\n", percentage(change));
}

std::string verdict(const RunResults& results) {
  const ScoredForecasts& persistence = results.baselines.front();
  const double change = relative_change(results.model.metrics.front(), persistence.metrics.front());
  const ScoredForecasts* best = &results.model;
  for (const ScoredForecasts& baseline : results.baselines) {
    if (baseline.metrics.front().value < best->metrics.front().value) best = &baseline;
  }
  if (!std::isfinite(change)) {
    return fmt::format("Here {} makes no error at all: the scored values never change.\n",
                       persistence.name);
  }
  std::string text = fmt::format("The {}'s mean absolute error ", results.model.name);
  if (change == 0) {
    text += fmt::format("equals {}'s.", persistence.name);
  } else {
    text += fmt::format("is {} {} than {}'s", percentage(std::abs(change)).substr(1),
                        change < 0 ? "lower" : "higher", persistence.name);
    text += change < 0 ? "." : ": repeating the last value would have been better.";
  }
  if (best != &results.model && best != &persistence) {
    text += fmt::format(" The best forecast here is {}'s.", best->name);
  }
  return text + "\n";
}

}  // namespace

std::string results_table(const Config& config, const ForecastingTask& task,
                          const RunResults& results) {
  std::string text = fmt::format("{:<16}", "test");
  for (const Metric& metric : results.model.metrics) {
    std::string title = metric.id;
    for (char& letter : title) letter = static_cast<char>(std::toupper(letter));
    text += fmt::format("{:>14}", title);
  }
  text += fmt::format("{:>17}\n", "vs persistence");
  const ScoredForecasts& persistence = results.baselines.front();
  text += row(results.model, persistence);
  for (const ScoredForecasts& baseline : results.baselines) text += row(baseline, persistence);
  text += fmt::format("\n{} forecasts of {} scored, in its own units. ", results.actual.size(),
                      task.frame.names[task.frame.target]);
  text += fmt::format("Weights of epoch {} of {}; {} of {} prunable weights pruned ({:.2f} %).\n",
                      results.scored_epoch + 1, results.epochs, results.sparsity.pruned,
                      results.sparsity.prunable, 100 * results.sparsity.share());
  if (config.protocol == Protocol::author) {
    text +=
        "Protocol author: the scored rows also steered early stopping, and the scaling saw "
        "them. These scores flatter.\n";
  }
  return text + verdict(results);
}

}  // namespace espalier
