#pragma once

#include <chrono>
#include <cstdio>

#include "apps/training/trainer.h"

namespace espalier {

/// Shows training on stderr: a line per epoch, and on a terminal a bar that moves within it.
class ProgressView final : public TrainingObserver {
 public:
  explicit ProgressView(std::int64_t epochs);
  ProgressView(const ProgressView&) = delete;
  ProgressView& operator=(const ProgressView&) = delete;
  /// Leaves an empty line to whatever is printed next.
  ~ProgressView() override;

  void on_step(const TrainingProgress& progress, double loss) override;
  void on_epoch(const EpochRecord& record) override;

 private:
  void clear_bar();

  std::int64_t epochs_;
  bool live_;  // a terminal that understands control sequences
  std::chrono::steady_clock::time_point drawn_{};
};

}  // namespace espalier
