#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "apps/comparison/run_trials.h"

namespace espalier {

/// Shows a comparison under way on stderr: on a terminal what is done, running and leading, drawn
/// again as it changes; elsewhere a line per trial.
class CompareView final : public TrialWatcher {
 public:
  /// `seconds[i]` is what pending[i] is expected to take; `done` trials are there already.
  CompareView(const Comparison& comparison, const std::vector<TrialKey>& pending,
              const std::vector<double>& seconds, std::size_t done, int threads);
  CompareView(const CompareView&) = delete;
  CompareView& operator=(const CompareView&) = delete;
  /// Leaves an empty line to whatever is printed next.
  ~CompareView() override;

  void on_begin(const TrialKey& key, int worker) override;
  void on_epoch(const EpochRecord& record, int worker) override;
  void on_end(const TrialKey& key, int worker, const ComparisonResults& results) override;

 private:
  struct Worker {
    std::string trial;
    std::int64_t epoch = 0;
    std::int64_t epochs = 0;
    std::chrono::steady_clock::time_point began;
  };

  double expected_seconds(const TrialKey& key) const;
  void draw();
  void erase();
  std::vector<std::string> lines() const;
  std::string progress_line() const;

  const Comparison& comparison_;
  std::vector<double> expected_;  // by trial; 0 for those that are done
  std::size_t total_;
  std::size_t done_;
  std::size_t failed_ = 0;
  double expected_left_ = 0;   // seconds of one core, by the estimates
  double expected_spent_ = 0;  // of trials that ended, by the estimates
  double spent_ = 0;           // and in truth
  std::vector<Worker> workers_;
  std::string leading_;
  bool live_;
  std::size_t drawn_lines_ = 0;
  std::chrono::steady_clock::time_point drawn_{};
};

}  // namespace espalier
