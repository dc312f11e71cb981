#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace espalier {

/// The errors of one method over some forecasts; by the formulas of apps/metrics/metrics.h.
struct Scores {
  std::size_t windows = 1;
  /// In file units.
  double mae = 0;
  double rmse = 0;
  /// Each error in standard deviations of its target in the rows trained on.
  double scaled_mae = 0;
  double scaled_mse = 0;
};

/// The scores over all forecasts together, from those over parts.
Scores pooled(std::span<const Scores> parts);

/// A method's scores at the cutoffs of a fold, in their order.
struct MethodScores {
  std::string name;
  std::vector<Scores> by_cutoff = {};
};

/// What came out of one training.
struct FoldResult {
  /// Their time, or without a time column the number of their row.
  std::vector<std::string> cutoffs = {};
  /// The model first, then the baselines, persistence first.
  std::vector<MethodScores> methods = {};
  std::size_t training_windows = 0;
  double sparsity = 0;
  std::int64_t epochs = 0;
  /// The epoch whose weights are scored, counted from 0.
  std::int64_t scored_epoch = 0;
  /// Its part of forecasts.csv, with the header.
  std::string forecasts = {};
};

}  // namespace espalier
