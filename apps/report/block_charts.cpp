#include <algorithm>
#include <vector>

#include "apps/report/chart_parts.h"
#include "apps/report/charts.h"

namespace espalier {

using nlohmann::ordered_json;

namespace {

/// The trials of an arm on a block that finished.
std::vector<const TrialResult*> finished_trials(const Comparison& comparison,
                                                const ComparisonResults& results, std::size_t block,
                                                std::size_t arm) {
  std::vector<const TrialResult*> trials;
  for (std::int64_t t = 0; t < comparison.trials; ++t) {
    const auto& trial = results.trials[trial_index(comparison, {block, arm, t})];
    if (trial && !trial->failed()) trials.push_back(&*trial);
  }
  return trials;
}

std::size_t longest_training(const std::vector<const TrialResult*>& trials) {
  std::size_t epochs = 0;
  for (const TrialResult* trial : trials) epochs = std::max(epochs, trial->epochs.size());
  return epochs;
}

/// Means over the trials that were still trained at each epoch, times `scale`.
ordered_json mean_by_epoch(const std::vector<const TrialResult*>& trials,
                           double TrialEpoch::*quantity, double scale = 1) {
  ordered_json means = ordered_json::array();
  for (std::size_t epoch = 0; epoch < longest_training(trials); ++epoch) {
    double sum = 0;
    int count = 0;
    for (const TrialResult* trial : trials) {
      if (epoch >= trial->epochs.size()) continue;
      sum += trial->epochs[epoch].*quantity;
      ++count;
    }
    means.push_back(rounded(scale * sum / count));
  }
  return means;
}

/// One block's finished trials, by arm.
using TrialsOfArms = std::vector<std::vector<const TrialResult*>>;

ordered_json epoch_labels(const TrialsOfArms& trials) {
  std::size_t epochs = 0;
  for (const auto& of_arm : trials) epochs = std::max(epochs, longest_training(of_arm));
  ordered_json labels = ordered_json::array();
  for (std::size_t epoch = 1; epoch <= epochs; ++epoch) labels.push_back(epoch);
  return labels;
}

ordered_json epoch_chart(const Comparison& comparison, const TrialsOfArms& trials,
                         double TrialEpoch::*quantity, double scale, std::string_view y_title) {
  ordered_json datasets = ordered_json::array();
  for (std::size_t arm = 0; arm < trials.size(); ++arm) {
    datasets.push_back(arm_dataset(comparison, arm, mean_by_epoch(trials[arm], quantity, scale)));
  }
  ordered_json chart = line_chart(epoch_labels(trials), std::move(datasets), "epoch", y_title);
  chart["options"]["scales"]["y"]["min"] = 0;
  return chart;
}

ordered_json loss_chart(const Comparison& comparison, const TrialsOfArms& trials) {
  ordered_json datasets = ordered_json::array();
  for (std::size_t arm = 0; arm < trials.size(); ++arm) {
    datasets.push_back(
        arm_dataset(comparison, arm, mean_by_epoch(trials[arm], &TrialEpoch::validation_loss)));
    ordered_json training =
        arm_dataset(comparison, arm, mean_by_epoch(trials[arm], &TrialEpoch::train_loss));
    training["label"] = comparison.arms[arm] + ", training";
    training["borderDash"] = {5, 4};
    training["borderWidth"] = 1.2;
    training["companion"] = true;
    datasets.push_back(std::move(training));
  }
  return line_chart(epoch_labels(trials), std::move(datasets), "epoch", "loss, scaled units");
}

ordered_json forecast_chart(const Comparison& comparison, const ComparisonResults& results,
                            std::size_t block) {
  const BlockReference& reference = results.references[block];
  const auto values = [](const std::vector<double>& series) {
    ordered_json data = ordered_json::array();
    for (const double value : series) data.push_back(rounded(value));
    return data;
  };
  ordered_json datasets = ordered_json::array();
  for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
    const auto& trial = results.trials[trial_index(comparison, {block, arm, 0})];
    if (!trial || trial->failed()) continue;
    datasets.push_back(arm_dataset(comparison, arm, values(trial->shown_forecasts)));
    datasets.back()["borderWidth"] = 1.4;
  }
  // Last: beneath the forecasts.
  datasets.push_back(line_dataset("truth", "", "--truth", values(reference.shown_actual)));
  datasets.back()["borderWidth"] = 3;
  return line_chart(reference.shown_times, std::move(datasets), "", reference.target);
}

}  // namespace

ordered_json block_charts(const Comparison& comparison, const ComparisonResults& results) {
  ordered_json choices = ordered_json::array();
  for (std::size_t b = 0; b < comparison.blocks.size(); ++b) {
    TrialsOfArms trials;
    for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
      trials.push_back(finished_trials(comparison, results, b, arm));
    }
    ordered_json sparsity =
        epoch_chart(comparison, trials, &TrialEpoch::sparsity, 100, "weights pruned, %");
    sparsity["options"]["scales"]["y"]["max"] = 100;
    choices.push_back(
        {{"label", comparison.blocks[b].name},
         {"charts",
          {{"sparsity", std::move(sparsity)},
           {"seconds", epoch_chart(comparison, trials, &TrialEpoch::seconds, 1, "seconds")},
           {"loss", loss_chart(comparison, trials)},
           {"forecast", forecast_chart(comparison, results, b)}}}});
  }
  return choices;
}

}  // namespace espalier
