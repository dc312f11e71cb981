#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/backtest/fold_result.h"

namespace espalier {

/// A fold's result in its folder below a backtest's, trainings/NUMBER:
///
///   result.json             scores and course; there once the fold is done
///   forecasts.csv           every forecast, as in a run's directory
///   checkpoint.safetensors  where an interrupted training goes on
class FoldStore {
 public:
  /// `directory` is the backtest's.
  FoldStore(std::string directory, std::size_t number);

  /// Nothing where there is none, or one that is damaged: of other cutoffs or methods, or without
  /// all of its forecasts.
  std::optional<FoldResult> load(const std::vector<std::string>& cutoffs,
                                 const std::vector<std::string>& methods) const;
  /// Removes the checkpoint, too.
  void save(const FoldResult& result) const;

  /// Path of the checkpoint; makes the folder.
  std::string checkpoint() const;

 private:
  std::string folder_;
};

}  // namespace espalier
