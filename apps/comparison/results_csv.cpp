#include <array>
#include <optional>

#include <fmt/format.h>

#include "apps/comparison/tables.h"
#include "apps/config/sections.h"
#include "apps/data/cell_text.h"

namespace espalier {

namespace {

constexpr std::array scores{"mae", "rmse", "scaled_mae", "scaled_mse"};

/// dataset,model,window and the grid's other axes.
std::string block_header(const Comparison& comparison) {
  std::string text = "dataset,model,window";
  for (const std::string& axis : comparison.other_axes) text += "," + csv_cell(axis);
  return text;
}

std::string block_cells(const Block& block) {
  std::string text =
      fmt::format("{},{},{}", csv_cell(block.dataset), csv_cell(block.model), block.window);
  for (const std::string& label : block.others) text += "," + csv_cell(label);
  return text;
}

std::string metric_cells(const std::vector<Metric>& metrics) {
  std::string text;
  for (const char* id : scores) {
    text += ",";
    for (const Metric& metric : metrics) {
      if (metric.id == id) text += fmt::format("{}", metric.value);
    }
  }
  return text;
}

std::string trial_row(const Comparison& comparison, const TrialKey& key,
                      const std::optional<TrialResult>& result) {
  std::string text =
      fmt::format("{},arm,{},{},{},{},", block_cells(comparison.blocks[key.block]),
                  csv_cell(comparison.arms[key.arm]), key.trial, trial_config(comparison, key).seed,
                  protocol_name(comparison.protocol));
  if (!result) return text + "missing" + metric_cells({}) + ",,,,,,\n";
  if (result->failed()) {
    return text + "failed" + metric_cells({}) + ",,,," + csv_cell(result->failure) + ",,\n";
  }
  double training = 0;
  for (const TrialEpoch& epoch : result->epochs) training += epoch.seconds;
  const auto epochs = static_cast<double>(result->epochs.size());
  return text + "done" + metric_cells(result->metrics) +
         fmt::format(",{},{},{},,{:.6f},{:.6f}\n", result->sparsity, result->epochs.size(),
                     result->scored_epoch, training / epochs, result->seconds);
}

/// "lower,upper", or two empty cells.
std::string interval_cells(const std::optional<ConfidenceInterval>& interval) {
  return interval ? fmt::format("{},{}", interval->lower, interval->upper) : ",";
}

std::string summary_cells(const std::optional<Summary>& summary) {
  if (!summary) return ",,,,";
  std::string text = fmt::format(",{},", summary->mean);
  if (summary->standard_deviation) text += fmt::format("{}", *summary->standard_deviation);
  return text + "," + interval_cells(summary->interval);
}

std::string arm_summary(const CellSummary& cell, const BlockReference& reference) {
  std::string text = fmt::format("{},{}", cell.finished, cell.failed);
  text += summary_cells(cell.mae) + summary_cells(cell.rmse);
  if (cell.finished == 0) return text + ",,,,\n";
  const bool beats = cell.mae->mean < best_naive_score(reference, "mae");
  return text + fmt::format(",{},{},{},{:.6f}\n", beats ? "yes" : "no", cell.sparsity, cell.epochs,
                            cell.seconds_per_epoch);
}

std::string baseline_summary(const BlockReference::Score& baseline,
                             const BlockReference& reference) {
  return fmt::format(",,{},,,,{},,,,,,,\n", compared_score(reference, baseline.metrics, "mae"),
                     compared_score(reference, baseline.metrics, "rmse"));
}

}  // namespace

std::string results_csv(const Comparison& comparison, const ComparisonResults& results) {
  std::string text = block_header(comparison) + ",kind,method,trial,seed,protocol,status";
  for (const char* id : scores) text += fmt::format(",{}", id);
  text += ",sparsity,epochs,scored_epoch,failure,seconds_per_epoch,seconds\n";
  for (std::size_t block = 0; block < comparison.blocks.size(); ++block) {
    for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
      for (std::int64_t trial = 0; trial < comparison.trials; ++trial) {
        const TrialKey key{block, arm, trial};
        text += trial_row(comparison, key, results.trials[trial_index(comparison, key)]);
      }
    }
    for (const BlockReference::Score& baseline : results.references[block].baselines) {
      text += fmt::format("{},baseline,{},,,{},done{},,,,,,\n",
                          block_cells(comparison.blocks[block]), csv_cell(baseline.name),
                          protocol_name(comparison.protocol), metric_cells(baseline.metrics));
    }
  }
  return text;
}

std::string summary_csv(const Comparison& comparison, const ComparisonResults& results,
                        const Analysis& analysis) {
  std::string text = block_header(comparison) + ",kind,method,unit,trials,failed";
  for (const char* score : {"mae", "rmse"}) {
    text += fmt::format(",{0}_mean,{0}_std,{0}_lower_95,{0}_upper_95", score);
  }
  text += ",beats_naive,sparsity,epochs,seconds_per_epoch\n";
  const std::size_t arms = comparison.arms.size();
  for (std::size_t block = 0; block < comparison.blocks.size(); ++block) {
    const BlockReference& reference = results.references[block];
    const char* unit = reference.several_targets ? "standard deviations" : "file";
    const std::string place = block_cells(comparison.blocks[block]);
    for (std::size_t arm = 0; arm < arms; ++arm) {
      text += fmt::format("{},arm,{},{},", place, csv_cell(comparison.arms[arm]), unit) +
              arm_summary(analysis.cells[block * arms + arm], reference);
    }
    for (const BlockReference::Score& baseline : reference.baselines) {
      text += fmt::format("{},baseline,{},{},", place, csv_cell(baseline.name), unit) +
              baseline_summary(baseline, reference);
    }
  }
  return text;
}

}  // namespace espalier
