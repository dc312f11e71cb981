#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/run/results.h"

namespace espalier {

namespace {

/// Every method has the same metrics in the same order. Infinite or NaN beside a reference that
/// makes no error.
double relative_change(const Metric& metric, const Metric& reference) {
  const double change = metric.value / reference.value - 1;
  // Nothing but the rounding of float: a model that is the reference.
  return std::abs(change) < 1e-6 ? 0 : change;
}

/// In per cent, short enough for its column however far off a forecast is.
std::string percentage(double change) {
  if (!std::isfinite(change)) return "n/a  ";
  return std::abs(change) < 1e6 ? fmt::format("{:+.1f} %", 100 * change)
                                : fmt::format("{:+.2g} %", 100 * change);
}

/// The scores to compare methods by.
const std::vector<Metric>& shown(const ScoredForecasts& method, const RunResults& results) {
  return results.several_targets() ? method.scaled : method.metrics;
}

std::string row(const ScoredForecasts& method, const RunResults& results) {
  const ScoredForecasts& persistence = results.baselines.front();
  std::string text = fmt::format("{:<16}", method.name);
  for (const Metric& metric : shown(method, results)) {
    text += fmt::format("{:>14.6g}", metric.value);
  }
  if (&method == &persistence) return text + "\n";
  const double change =
      relative_change(shown(method, results).front(), shown(persistence, results).front());
  return text + fmt::format("{:>17}\n", percentage(change));
}

std::string table(const RunResults& results) {
  std::string text = fmt::format("{:<16}", "test");
  for (const Metric& metric : shown(results.model, results)) {
    text += fmt::format("{:>14}", metric.title);
  }
  text += fmt::format("{:>17}\n", "vs persistence");
  text += row(results.model, results);
  for (const ScoredForecasts& baseline : results.baselines) text += row(baseline, results);
  return text;
}

/// What was scored, in which units, with which weights.
std::string circumstances(const RunResults& results) {
  std::string text;
  if (results.several_targets()) {
    text = fmt::format(
        "{} forecasts of {} scored, each in standard deviations of its training "
        "rows. ",
        results.actual.size(), quoted_list(results.targets));
  } else {
    text = fmt::format("{} forecasts of {} scored, in its own units. ", results.actual.size(),
                       results.targets.front());
  }
  if (!results.trained) {
    return text + fmt::format("The {} has nothing to train.\n", results.model.name);
  }
  return text +
         fmt::format("Weights of epoch {} of {}; {} of {} prunable weights pruned ({:.2f} %).\n",
                     results.scored_epoch + 1, results.epochs, results.sparsity.pruned,
                     results.sparsity.prunable, 100 * results.sparsity.share());
}

/// What was forecast, and how many values the intervals hold beside how many they should.
std::string coverage(const ScoredQuantiles& quantiles) {
  std::string text = "The forecasts scored are medians";
  for (const ScoredQuantiles::Interval& interval : quantiles.intervals) {
    const bool first = &interval == &quantiles.intervals.front();
    text +=
        fmt::format("{} {:.1f} % {}the {:g} % interval", first ? ";" : ",", 100 * interval.coverage,
                    first ? "of the values lie in " : "in ", 100 * interval.level);
  }
  return text + ".\n";
}

std::string verdict(const RunResults& results) {
  const auto error = [&results](const ScoredForecasts& method) -> const Metric& {
    return shown(method, results).front();
  };
  const ScoredForecasts& persistence = results.baselines.front();
  const double change = relative_change(error(results.model), error(persistence));
  const ScoredForecasts* best = &results.model;
  for (const ScoredForecasts& baseline : results.baselines) {
    if (relative_change(error(baseline), error(*best)) < 0) best = &baseline;
  }
  if (!std::isfinite(change)) {
    return fmt::format("Here {} makes no error at all: the scored values never change.\n",
                       persistence.name);
  }
  std::string text = fmt::format("The {}'s {}mean absolute error ", results.model.name,
                                 results.several_targets() ? "scaled " : "");
  if (change == 0) {
    text += fmt::format("equals {}'s.", persistence.name);
  } else {
    text += fmt::format("is {} {} than {}'s", percentage(std::abs(change)).substr(1),
                        change < 0 ? "lower" : "higher", persistence.name);
    text += change < 0 ? "." : ": repeating the last value would have been better.";
  }
  if (best != &results.model && best != &persistence) {
    text += fmt::format(" The best forecast here is the baseline {}'s.", best->name);
  }
  return text + "\n";
}

/// Of the level that intervals are known by; empty where there are none of it.
std::string coverage_sentence(const RunResults& results) {
  const auto coverage_of = [&results](IntervalMethod method) -> std::optional<double> {
    for (const ScoredIntervals& tested : results.tested_intervals) {
      if (tested.method == interval_method_name(method) && tested.level == interval_level) {
        return tested.coverage;
      }
    }
    return std::nullopt;
  };
  const auto split = coverage_of(IntervalMethod::split);
  const auto rolling = coverage_of(IntervalMethod::rolling);
  if (!split || !rolling) return "";
  return fmt::format(
      "Conformal {:.0f} % intervals hold {:.1f} % of the scored values (split) or {:.1f} % "
      "(rolling).\n",
      100 * interval_level, 100 * *split, 100 * *rolling);
}

}  // namespace

std::string results_table(const Config& config, const RunResults& results) {
  std::string text = table(results) + "\n" + circumstances(results);
  if (const auto& intervals = results.intervals) {
    text += fmt::format(
        "The {:.0f} % intervals of {} random forecasts hold {:.1f} % of the scored "
        "values.\n",
        100 * interval_level, intervals->samples, 100 * intervals->coverage);
  }
  text += coverage_sentence(results);
  if (results.quantiles) text += coverage(*results.quantiles);
  if (config.protocol == Protocol::author) {
    text +=
        "Protocol author: the scored rows also steered early stopping, and the scaling saw "
        "them. These scores flatter.\n";
  }
  return text + verdict(results);
}

}  // namespace espalier
