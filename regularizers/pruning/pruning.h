#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "regularizers/pruning/criterion.h"
#include "regularizers/pruning/groups.h"
#include "regularizers/pruning/regrowth.h"
#include "regularizers/pruning/schedule.h"
#include "regularizers/pruning/selection.h"
#include "regularizers/registry.h"

namespace espalier {

/// When masks are updated, after warm-up.
enum class PruningMoment {
  batches,  ///< every `every` batches, counted from the start of training
  epoch,    ///< at the first step of each epoch
  step,     ///< at every step
};

/// The choices that make a pruning method; each can be combined with any other, but for what
/// check_pruning_settings refuses.
struct PruningOptions {
  /// As a config names it, for error messages.
  std::string name = "pruning";
  PruningSchedule schedule;
  PruningCriterion criterion = PruningCriterion::magnitude;
  /// For the gradient criterion: decay of its running average.
  double averaging = 0.9;
  PruningScope scope = PruningScope::global;
  PruningGrain grain = PruningGrain::element;
  BlockSparsity block;
  RegrowthOptions regrowth;
  PruningMoment when = PruningMoment::batches;
  /// P: batches between two updates of the masks.
  std::int64_t every = 5;
  /// Groups (weights, neurons or heads) every layer keeps whatever their scores.
  std::int64_t live_floor = 1;
};

/// Pruning during training, a family. Training: at each update after warm-up, the groups of weights
/// that score lowest are zeroed, so that the share of pruned groups follows a schedule; with
/// regrowth some of them are exchanged for others. Pruned weights take no gradient and the
/// optimizer forgets its state for them. Evaluation: the pruned network is used as it is.
class Pruning final : public Regularizer {
 public:
  Pruning(const PruningOptions& options, RandomKey key) : options_(options), key_(key) {}

  /// Prunable are weight matrices; with grain head, those of attention.
  void attach(Parameters& parameters) override;

  void before_step(Parameters& parameters, const TrainingProgress& progress) override;
  void after_step(Parameters& parameters, const TrainingProgress& progress) override;

  bool needs_pruned_gradients() const override {
    return options_.regrowth.criterion == RegrowthCriterion::gradient;
  }
  const MaskUpdate* mask_update() const override { return update_ ? &*update_ : nullptr; }
  bool settled(const TrainingProgress& progress) const override;
  void serialize(Archive& archive) override;

 private:
  bool on_time(const TrainingProgress& progress) const;
  void update(const TrainingProgress& progress);

  PruningOptions options_;
  RandomKey key_;
  std::optional<PruningScores> scores_;
  std::optional<PruningGroups> groups_;
  std::optional<PruningSelection> selection_;
  std::optional<PruningRegrowth> regrowth_;
  std::int64_t batch_counter_ = 0;
  std::optional<MaskUpdate> update_;
};

RegularizerEntry pruning_entry();

}  // namespace espalier
