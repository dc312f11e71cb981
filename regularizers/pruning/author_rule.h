#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/parameters.h"
#include "core/regularizer.h"

namespace espalier {

/// The pruning rule of the scripts published with arXiv 2508.09330 (github
/// xalentis/SynapticPruning), quirks included.
class BelowThresholdRule {
 public:
  BelowThresholdRule(Parameters& parameters, std::vector<Parameter*> tensors);

  /// n counts tensors with a live weight only; k = ⌊target·n⌋ − already pruned there; the k-th
  /// smallest live magnitude is the threshold and what lies strictly below it goes: k − 1 weights,
  /// fewer with ties. Nothing happens unless 0 < k < live weights. The optimizer's state stays.
  MaskUpdate prune(double target);

 private:
  /// Adds its live weights; returns how many.
  std::int64_t collect_live(const Parameter& tensor);
  MaskUpdate result(double target, double threshold) const;

  struct LiveWeight {
    real magnitude;
    std::size_t index;  // slab position
  };

  Parameters& parameters_;
  std::vector<Parameter*> tensors_;
  std::int64_t count_ = 0;
  std::vector<LiveWeight> live_;
};

/// Synaptic pruning as the published scripts train with it (protocol `author`). Training: every
/// `every` batches after W epochs of warm-up, BelowThresholdRule with the target
///   s = s_min + (s_max − s_min)·((e − W)/(T − W))³
/// which the last epoch, e = T − 1, leaves short of s_max; gradients of pruned weights flow on into
/// the optimizer's state. Evaluation: the pruned network is used as it is.
class AuthorPruning final : public Regularizer {
 public:
  struct Options {
    double min_sparsity = 0.3;
    double max_sparsity = 0.7;
    /// W: epochs before pruning starts.
    std::int64_t warmup_epochs = 2;
    /// P: batches between two updates of the mask.
    std::int64_t every = 5;
  };

  explicit AuthorPruning(const Options& options) : options_(options) {}

  /// Target sparsity s.
  static double target(const Options& options, const TrainingProgress& progress);

  /// Prunable are weight matrices and what ParameterTraits::author_prunable says.
  void attach(Parameters& parameters) override;

  void before_step(Parameters& parameters, const TrainingProgress& progress) override;
  void after_step(Parameters& parameters, const TrainingProgress& progress) override;

  /// The published scripts leave them to the optimizer, whose moments and clipping they enter.
  bool needs_pruned_gradients() const override { return true; }
  const MaskUpdate* mask_update() const override { return update_ ? &*update_ : nullptr; }
  void serialize(Archive& archive) override;

 private:
  Options options_;
  std::optional<BelowThresholdRule> rule_;
  std::int64_t batch_counter_ = 0;
  std::optional<MaskUpdate> update_;
};

}  // namespace espalier
