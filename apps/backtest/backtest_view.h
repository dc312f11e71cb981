#pragma once

#include <string>
#include <vector>

#include "apps/backtest/run_folds.h"

namespace espalier {

/// Shows a backtest under way on stderr: a line per cutoff, and on a terminal a line that moves;
/// of a lone training a line per epoch.
class BacktestView final : public FoldObserver {
 public:
  /// `done` trainings of `folds` are there already.
  BacktestView(std::size_t folds, std::size_t done, std::int64_t epochs);
  BacktestView(const BacktestView&) = delete;
  BacktestView& operator=(const BacktestView&) = delete;
  ~BacktestView() override;

  void on_epoch(std::size_t fold, const EpochRecord& record) override;
  void on_end(std::size_t fold, const FoldResult& result) override;

 private:
  void erase();

  std::size_t folds_;
  std::size_t done_;
  std::int64_t epochs_;
  bool live_;
  bool drawn_ = false;
};

}  // namespace espalier
