#include "apps/comparison/trial_cost.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include "apps/training/learner.h"
#include "apps/training/trainer.h"

namespace espalier {

namespace {

using Clock = std::chrono::steady_clock;

/// Ends training after a few steps, and knows the fastest.
class StepTimer final : public TrainingObserver {
 public:
  void on_step(const TrainingProgress&, double) override {
    const Clock::time_point now = Clock::now();
    fastest_ = std::min(fastest_, std::chrono::duration<double>(now - before_).count());
    before_ = now;
    ++steps_;
  }

  bool should_interrupt() override { return steps_ == most_steps; }

  double fastest() const { return fastest_; }

 private:
  static constexpr int most_steps = 6;
  int steps_ = 0;
  double fastest_ = std::numeric_limits<double>::infinity();
  Clock::time_point before_ = Clock::now();
};

double batches(std::size_t windows, std::int64_t batch) {
  return static_cast<double>(windows) / static_cast<double>(batch);
}

}  // namespace

double estimated_seconds(const Config& config, const ForecastingTask& task) {
  // A pass without its backward half.
  constexpr double forward_share = 1.0 / 3;
  Learner learner = make_learner(config, task.frame);
  Trainer trainer(config, task, learner, 1);
  StepTimer timer;
  const std::array<TrainingObserver*, 1> observers{&timer};
  trainer.run(observers);
  std::int64_t samples = 1;
  for (const auto& regularizer : learner.regularizers) {
    samples = std::max(samples, regularizer->evaluation_samples());
  }
  const double forecast = forward_share * timer.fastest() * static_cast<double>(samples);
  const std::int64_t batch = config.train.batch;
  const double epoch = timer.fastest() * batches(task.split.train.size(), batch) +
                       forecast * batches(task.split.validation.size(), batch);
  return epoch * static_cast<double>(trainer.epochs()) +
         forecast * batches(task.split.test.size(), batch);
}

}  // namespace espalier
