#include "apps/comparison/run_trials.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <omp.h>
#include <utility>

#include "apps/run/interrupt.h"

namespace espalier {

namespace {

/// Runs trials one after the other on its thread.
class TrialRunner final : public TrainingObserver {
 public:
  TrialRunner(const TrialGround& ground, ComparisonResults& results, TrialWatcher& watcher,
              InterruptWatch& interrupt, std::mutex& mutex)
      : ground_(ground),
        results_(results),
        watcher_(watcher),
        interrupt_(interrupt),
        mutex_(mutex),
        worker_(omp_get_thread_num()) {}

  /// False where it was interrupted.
  bool run(const TrialKey& key) {
    if (should_interrupt()) return false;
    {
      const std::lock_guard lock(mutex_);
      watcher_.on_begin(key, worker_);
    }
    TrialRun run = attempt(key);
    if (run.interrupted) return false;
    save(key, run.result);
    const std::lock_guard lock(mutex_);
    results_.trials[trial_index(ground_.comparison, key)] = std::move(run.result);
    watcher_.on_end(key, worker_, results_);
    return true;
  }

  void on_epoch(const EpochRecord& record) override {
    const std::lock_guard lock(mutex_);
    watcher_.on_epoch(record, worker_);
  }

  bool should_interrupt() override { return interrupt_.should_interrupt(); }

 private:
  TrialRun attempt(const TrialKey& key) {
    try {
      return run_trial(trial_config(ground_.comparison, key), *ground_.tasks[key.block],
                       key.trial == 0, *this);
    } catch (const std::bad_alloc&) {
      return {.result = {.failure = "out of memory"}};
    } catch (const std::exception& error) {
      return {.result = {.failure = error.what()}};
    }
  }

  /// A result that can't be kept is no result: the trial would be run again.
  void save(const TrialKey& key, TrialResult& result) {
    try {
      ground_.store.save(ground_.directory, key, result);
    } catch (const std::exception& error) {
      if (!result.failed()) result = {.failure = error.what()};
    }
  }

  const TrialGround& ground_;
  ComparisonResults& results_;
  TrialWatcher& watcher_;
  InterruptWatch& interrupt_;
  std::mutex& mutex_;
  int worker_;
};

}  // namespace

bool run_trials(const TrialGround& ground, const std::vector<TrialKey>& pending,
                ComparisonResults& results, TrialWatcher& watcher) {
  InterruptWatch interrupt;
  std::mutex mutex;
  std::atomic<bool> finished = true;
#pragma omp parallel num_threads(ground.threads)
  {
    TrialRunner runner(ground, results, watcher, interrupt, mutex);
#pragma omp for schedule(dynamic, 1)
    for (std::ptrdiff_t i = 0; i < std::ssize(pending); ++i) {
      if (!runner.run(pending[static_cast<std::size_t>(i)])) finished = false;
    }
  }
  return finished;
}

}  // namespace espalier
