#pragma once

#include <cstdint>
#include <optional>

#include "regularizers/pruning_rule.h"
#include "regularizers/pruning_schedule.h"
#include "regularizers/registry.h"

namespace espalier {

/// Synaptic pruning (Vos et al., arXiv 2508.09330; the ramp after Zhu & Gupta, arXiv 1710.01878).
/// Training: every `every` batches after warm-up, the live weights of smallest magnitude, ranked
/// over all layers together, are zeroed for good, so that the share of pruned weights follows a
/// cubic ramp. Evaluation: the pruned network is used as it is.
class SynapticPruning final : public Regularizer {
 public:
  struct Options {
    PruningSchedule schedule;
    /// P: batches between two updates of the mask.
    std::int64_t every = 5;
    /// Weights every tensor keeps whatever its magnitudes (`honest`).
    std::int64_t live_floor = 1;
  };

  explicit SynapticPruning(const Options& options) : options_(options) {}

  /// Prunable are weight matrices; under `author` norm gains too, as in the published scripts.
  void attach(Parameters& parameters) override;

  void before_step(Parameters& parameters, const TrainingProgress& progress) override;
  void after_step(Parameters& parameters, const TrainingProgress& progress) override;

  const MaskUpdate* mask_update() const override { return update_ ? &*update_ : nullptr; }
  bool settled(const TrainingProgress& progress) const override;
  void serialize(Archive& archive) override;

 private:
  bool due(const TrainingProgress& progress) const;

  Options options_;
  std::optional<PrunableWeights> weights_;
  std::int64_t batch_counter_ = 0;
  std::optional<MaskUpdate> update_;
};

RegularizerEntry synaptic_pruning_entry();

}  // namespace espalier
