#include <algorithm>

#include <fmt/format.h>

#include "apps/evaluation/evaluation.h"

namespace espalier {

namespace {

std::string header(const std::string& name) {
  return fmt::format("{:<16} {:>12} {:>12} {:>9} {:>9} {:>9}\n", name, "MAE", "RMSE", "MAPE %",
                     "sMAPE %", "MASE");
}

/// `units` false: of targets whose units differ, so MAE and RMSE say nothing.
std::string row(const std::string& name, const ErrorMetrics& metrics, bool units = true) {
  const auto number = [](const std::optional<double>& value, const char* layout) {
    return value ? fmt::format(fmt::runtime(layout), *value) : std::string("n/a");
  };
  return fmt::format("{:<16} {:>12} {:>12} {:>9} {:>9} {:>9}\n", name,
                     units ? fmt::format("{:.6g}", metrics.mae) : "",
                     units ? fmt::format("{:.6g}", metrics.rmse) : "",
                     number(metrics.mape, "{:.2f}"), number(metrics.smape, "{:.2f}"),
                     number(metrics.mase, "{:.4f}"));
}

std::string error_tables(const Evaluation& evaluation) {
  const bool several = evaluation.targets.size() > 1;
  std::string text;
  for (std::size_t k = 0; k < evaluation.targets.size(); ++k) {
    text += header(evaluation.targets[k]);
    text += row(evaluation.model.name, evaluation.model.by_target[k]);
    for (const EvaluatedMethod& baseline : evaluation.baselines) {
      text += row(baseline.name, baseline.by_target[k]);
    }
    text += "\n";
  }
  if (!several) return text;
  text += header("all targets") + row(evaluation.model.name, evaluation.model.all, false);
  for (const EvaluatedMethod& baseline : evaluation.baselines) {
    text += row(baseline.name, baseline.all, false);
  }
  return text + "\n";
}

std::string step_table(const Evaluation& evaluation) {
  std::string text = header(evaluation.model.name);
  for (std::size_t step = 0; step < evaluation.horizon; ++step) {
    text += row(fmt::format("step {}", step + 1), evaluation.model.by_step[step],
                evaluation.targets.size() == 1);
  }
  return text + "\n";
}

std::string series_table(const Evaluation& evaluation) {
  const auto& persistence = evaluation.baselines.front().by_series;
  const std::string& name = evaluation.series_column;
  std::string text =
      fmt::format("{:<16} {:>8} {:>12} {:>12} {:>9} {:>16}\n", name.empty() ? "series" : name,
                  "windows", "MAE", "RMSE", "sMAPE %", "vs persistence");
  for (std::size_t s = 0; s < evaluation.model.by_series.size(); ++s) {
    const SeriesErrors& series = evaluation.model.by_series[s];
    const double reference = persistence[s].errors.mae;
    text += fmt::format("{:<16} {:>8} {:>12.6g} {:>12.6g} {:>9.2f} {:>16}\n", series.id,
                        series.windows, series.errors.mae, series.errors.rmse, series.errors.smape,
                        reference > 0
                            ? fmt::format("{:+.1f} %", 100 * (series.errors.mae / reference - 1))
                            : "n/a");
  }
  return text + "\n";
}

std::string interval_table(const Evaluation& evaluation) {
  std::string text;
  for (std::size_t k = 0; k < evaluation.targets.size(); ++k) {
    text += fmt::format("{:<16} {:>12} {:>12} {:>12} {:>12}\n",
                        evaluation.targets.size() > 1 ? evaluation.targets[k] : "intervals",
                        "level %", "coverage %", "mean width", "pinball");
    for (const ScoredIntervals& scored : evaluation.intervals) {
      const IntervalMetrics& metrics = scored.by_target[k];
      text += fmt::format("{:<16} {:>12} {:>12.2f} {:>12.6g} {:>12.6g}\n", scored.method,
                          fmt::format("{:g}", 100 * scored.level), 100 * metrics.coverage,
                          metrics.mean_width, metrics.pinball);
    }
    for (const EvaluatedCrps& crps : evaluation.crps) {
      text += fmt::format("CRPS of {} intervals: {:.6g}\n", interval_method_name(crps.method),
                          crps.by_target[k]);
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string evaluation_table(const EvaluationRequest& request, const Evaluation& evaluation,
                             const EvaluationDetails& details) {
  std::string text = error_tables(evaluation);
  if (details.by_step) text += step_table(evaluation);
  if (details.by_series) text += series_table(evaluation);
  if (!evaluation.intervals.empty()) text += interval_table(evaluation);
  const std::string rows =
      evaluation.series_column.empty()
          ? fmt::format("{} rows", evaluation.rows)
          : fmt::format("in each of {} series: rows", evaluation.model.by_series.size());
  text += fmt::format("{} windows of {} scored of {} expected ({} - {} window - {} horizon + 1).\n",
                      evaluation.windows, request.input, evaluation.expected_windows, rows,
                      evaluation.window, evaluation.horizon);
  if (const std::size_t zeros = evaluation.model.all.zeros; zeros > 0) {
    text += fmt::format("The MAPE leaves out {} of {} values, which are 0.\n", zeros,
                        evaluation.windows * evaluation.horizon * evaluation.targets.size());
  }
  return text;
}

}  // namespace espalier
