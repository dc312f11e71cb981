#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "apps/config/config.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"
#include "core/archive.h"
#include "core/tape.h"
#include "optim/early_stopping.h"

namespace espalier {

/// What is known when an epoch ends. Losses are in scaled units.
struct EpochRecord {
  std::int64_t epoch = 0;
  /// Mean over the epoch's training windows, each before its batch's step.
  double train_loss = 0;
  /// Mean over the validation windows, after the last step.
  double validation_loss = 0;
  /// Share of prunable weights that are pruned.
  double sparsity = 0;
  /// Learning rate of its last step.
  double lr = 0;
  /// Whether these weights are the best so far.
  bool best = false;
};

/// Told what happens while a Trainer runs.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  /// After a step; `loss` is its batch's.
  virtual void on_step(const TrainingProgress&, double /*loss*/) {}
  virtual void on_mask_update(const TrainingProgress&, const MaskUpdate&) {}
  virtual void on_epoch(const EpochRecord&) {}
  /// Asked after every step; true ends training at once, ready to be resumed.
  virtual bool should_interrupt() { return false; }
};

/// Whether a model has parameters at all.
bool is_trainable(const Model& model);

/// The training loop: epochs of shuffled batches, validation, early stopping, the best weights. A
/// model that isn't trainable goes through one epoch without a backward pass, so that its losses
/// are known and its files complete.
class Trainer {
 public:
  Trainer(const Config& config, const ForecastingTask& task, Learner& learner, int threads);

  enum class Outcome { finished, interrupted };

  /// Trains from where it stands to the end. Observers are told in their order.
  Outcome run(std::span<TrainingObserver* const> observers);

  /// After the end: puts the weights that are to be scored in place, those of the best epoch or
  /// of the last. Returns the epoch they come from.
  std::int64_t choose_weights();

  /// Epochs to run at most.
  std::int64_t epochs() const { return progress_.epochs; }

  /// Epochs begun so far.
  std::int64_t epochs_run() const { return epochs_run_; }

  /// All that a later process needs to go on to the byte as if there had been no break.
  void serialize(Archive& archive);

 private:
  /// Throws Error where a checkpoint has put it outside the run.
  void check_position() const;
  void begin_epoch();
  double train_batch(std::span<const std::size_t> batch);
  Outcome run_epoch(std::span<TrainingObserver* const> observers);
  void tell_step(std::span<TrainingObserver* const> observers, double loss) const;
  EpochRecord end_epoch();
  double validate();
  void keep_as_best();
  bool settled() const;

  const Config& config_;
  const ForecastingTask& task_;
  Learner& learner_;
  int threads_;

  Tape tape_;
  std::vector<std::size_t> order_;  // this epoch's training windows
  TrainingProgress progress_;
  double loss_sum_ = 0;  // over this epoch's windows so far
  double lr_ = 0;        // of the last step
  std::int64_t epochs_run_ = 0;
  bool finished_ = false;
  EarlyStopping early_stopping_;

  AlignedVector<real> best_values_;
  AlignedVector<std::uint8_t> best_masks_;
};

/// Pruned and prunable weights over all weight matrices.
struct SparsityCount {
  std::int64_t pruned = 0;
  std::int64_t prunable = 0;
  double share() const {
    return prunable > 0 ? static_cast<double>(pruned) / static_cast<double>(prunable) : 0.0;
  }
};
SparsityCount count_sparsity(const Parameters& parameters);

}  // namespace espalier
