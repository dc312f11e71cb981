#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "apps/backtest/fold_result.h"
#include "apps/backtest/folds.h"
#include "apps/config/config.h"

namespace espalier {

/// A backtest that has come to its end; the folds in the order of time.
struct BacktestResults {
  const Config& config;
  const BacktestSettings& settings;
  std::vector<std::string> targets = {};
  std::vector<FoldResult> folds = {};
};

/// The text of forecasts.csv: what a run's holds, cutoff after cutoff.
std::string backtest_csv(const BacktestResults& results);

/// What metrics.json holds: scores over all forecasts, their mean and deviation over the cutoffs,
/// and those at every cutoff, for the model and the baselines.
nlohmann::ordered_json backtest_json(const BacktestResults& results);

/// A table and two sentences for people. Several targets are shown by their scaled scores.
std::string backtest_table(const BacktestResults& results);

}  // namespace espalier
