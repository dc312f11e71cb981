#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/comparison/analysis.h"
#include "apps/comparison/comparison.h"
#include "apps/comparison/results.h"
#include "apps/report/report.h"

namespace espalier::test {

/// How large a made-up comparison is.
struct ReportSize {
  std::vector<std::string> datasets = {"seattle", "sp500"};
  std::vector<std::string> models = {"lstm", "gru"};
  std::vector<std::int64_t> windows = {7, 14, 28};
  std::vector<std::string> arms = {"no regularizer", "dropout 0.3", "gradual pruning",
                                   "pruning and weight decay"};
  std::int64_t trials = 5;
  std::size_t epochs = 30;
};

/// A comparison that nobody has run: results that look like ones, the same each time.
struct FakeComparison {
  Comparison comparison;
  ComparisonResults results;
  Analysis analysis;
};

/// In [0, 1), a function of its place.
inline double fake_number(std::size_t a, std::size_t b, std::size_t c = 0, std::size_t d = 0) {
  const double x =
      std::sin(12.9898 * static_cast<double>(a + 1) + 78.233 * static_cast<double>(b + 1) +
               37.719 * static_cast<double>(c + 1) + 11.131 * static_cast<double>(d + 1)) *
      43758.5453;
  return x - std::floor(x);
}

inline std::vector<Metric> fake_metrics(double mae) {
  return {{"mae", "MAE", "", mae},
          {"rmse", "RMSE", "", 1.3 * mae},
          {"scaled_mae", "MAE", "", mae / 4},
          {"scaled_mse", "MSE", "", mae * mae / 12}};
}

inline Comparison fake_grid(const ReportSize& size) {
  Comparison comparison{.name = "pruning-or-dropout",
                        .question = "Does pruning while training forecast better than dropout?",
                        .seed = 42,
                        .trials = size.trials,
                        .arms = size.arms};
  for (const std::string& dataset : size.datasets) {
    for (const std::string& model : size.models) {
      for (const std::int64_t window : size.windows) {
        comparison.blocks.push_back({.name = dataset + "-" + model + "-" + std::to_string(window),
                                     .dataset = dataset,
                                     .model = model,
                                     .window = window});
      }
    }
  }
  comparison.configs.resize(comparison.blocks.size() * comparison.arms.size());
  return comparison;
}

inline BlockReference fake_reference(std::size_t block, bool several_targets) {
  BlockReference reference{.target = "temp_max", .several_targets = several_targets};
  reference.baselines = {{"persistence", fake_metrics(2.5 + 0.1 * fake_number(block, 1))},
                         {"seasonal_naive", fake_metrics(3.8 + 0.1 * fake_number(block, 2))},
                         {"linear", fake_metrics(2.3 + 0.1 * fake_number(block, 3))}};
  for (std::size_t i = 0; i < shown_windows; ++i) {
    const double day = static_cast<double>(i);
    reference.shown_actual.push_back(16 + 8 * std::sin(day / 19) + 5 * fake_number(block, i) - 2);
    reference.shown_times.push_back("2015-" + std::to_string(1 + i / 28) + "-" +
                                    std::to_string(1 + i % 28));
  }
  return reference;
}

inline TrialResult fake_trial(const ReportSize& size, const BlockReference& reference,
                              const TrialKey& key) {
  const auto t = static_cast<std::size_t>(key.trial);
  const double arm = static_cast<double>(key.arm);
  TrialResult trial;
  trial.metrics = fake_metrics(2.45 - 0.05 * arm + 0.15 * fake_number(key.block, 5) +
                               0.12 * fake_number(key.block, key.arm, t));
  trial.sparsity = key.arm < 2 ? 0 : std::min(0.95, 0.75 + 0.05 * (arm - 2));
  const std::size_t epochs = size.epochs - std::min(size.epochs - 1, t + key.arm);
  for (std::size_t e = 0; e < epochs; ++e) {
    const double done = static_cast<double>(e) / static_cast<double>(size.epochs);
    const double ramp = 1 - std::pow(1 - std::min(1.0, 1.6 * done), 3);
    trial.epochs.push_back(
        {.train_loss = 0.2 + 0.6 * std::exp(-7 * done) + 0.01 * arm,
         .validation_loss = 0.24 + 0.5 * std::exp(-6 * done) + 0.012 * arm +
                            0.02 * fake_number(key.block, key.arm, t, e),
         .sparsity = trial.sparsity * ramp,
         .seconds = 0.9 - 0.5 * trial.sparsity * ramp + 0.06 * fake_number(e, key.arm, t)});
  }
  if (key.trial == 0) {
    for (std::size_t i = 0; i < reference.shown_actual.size(); ++i) {
      trial.shown_forecasts.push_back(reference.shown_actual[i == 0 ? 0 : i - 1] +
                                      1.5 * fake_number(i, key.arm) - 0.8);
    }
  }
  return trial;
}

/// All trials finished; tests take away what they need to.
inline FakeComparison fake_comparison(const ReportSize& size = {}) {
  Comparison comparison = fake_grid(size);
  ComparisonResults results(comparison);
  for (std::size_t b = 0; b < comparison.blocks.size(); ++b) {
    results.references[b] = fake_reference(b, false);
    for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
      for (std::int64_t t = 0; t < comparison.trials; ++t) {
        const TrialKey key{b, arm, t};
        results.trials[trial_index(comparison, key)] = fake_trial(size, results.references[b], key);
      }
    }
  }
  Analysis analysis = analyse(comparison, results);
  return {std::move(comparison), std::move(results), std::move(analysis)};
}

/// With a trial that failed and one that wasn't run, on blocks of their own.
inline FakeComparison incomplete_comparison() {
  FakeComparison fake = fake_comparison();
  fake.results.trials[trial_index(fake.comparison, {0, 1, 2})]->failure =
      "[trainer] epoch 3: the loss is not finite";
  fake.results.trials[trial_index(fake.comparison, {1, 2, 4})] = std::nullopt;
  fake.analysis = analyse(fake.comparison, fake.results);
  return fake;
}

inline ReportContext fake_context() {
  return {.provenance = {{"version", "0.1.0"},
                         {"CPU", "a processor"},
                         {"data seattle", "data/seattle-weather.csv, SHA-256 0f1e2d3c"}},
          .config = "{\n  \"name\": \"pruning-or-dropout\"\n}\n",
          .chart_library = "/* Chart.js */",
          .answer = "Gradual pruning ranks best. It beats persistence everywhere."};
}

inline std::string report_of(const FakeComparison& fake,
                             const ReportContext& context = fake_context()) {
  return report_html(fake.comparison, fake.results, fake.analysis, context);
}

}  // namespace espalier::test
