#include "regularizers/pruning/pruning.h"

#include <memory>

#include "core/error.h"
#include "regularizers/pruning/settings.h"

namespace espalier {

void Pruning::attach(Parameters& parameters) {
  scores_.emplace(options_.criterion, options_.averaging, parameters, key_.derive("scores"));
  groups_.emplace(parameters, options_.grain, options_.block);
  selection_.emplace(*groups_, options_.scope, options_.live_floor);
  if (options_.regrowth.criterion != RegrowthCriterion::none) {
    regrowth_.emplace(options_.regrowth, parameters, *groups_, options_.scope, options_.live_floor,
                      key_.derive("regrowth"));
  }
  const std::string obstacle = selection_->obstacle(options_.schedule.max_sparsity);
  if (!obstacle.empty()) {
    const bool blocks = options_.grain == PruningGrain::n_m;
    throw Error("[" + options_.name + "] " + (blocks ? "n of every m" : "max_sparsity") +
                " can't be reached (" + obstacle +
                "): " + (blocks ? "lower live_floor or raise n" : "lower one of the two"));
  }
}

bool Pruning::on_time(const TrainingProgress& progress) const {
  switch (options_.when) {
    case PruningMoment::batches:
      return batch_counter_ % options_.every == 0;
    case PruningMoment::epoch:
      return progress.batch == 0;
    case PruningMoment::step:
      break;
  }
  return true;
}

void Pruning::update(const TrainingProgress& progress) {
  if (progress.epoch < options_.schedule.warmup_epochs) return;
  const bool reached = selection_->reached(options_.schedule.max_sparsity);
  const bool timely = on_time(progress) && (!reached || regrowth_);
  // The epoch that completes the ramp must not end short of it because its time didn't come.
  const bool last_chance = !reached && options_.schedule.complete(progress) &&
                           progress.batch == progress.batches_per_epoch - 1;
  if (!timely && !last_chance) return;
  const double target = options_.schedule.target(progress);
  if (regrowth_) regrowth_->begin_update();
  std::optional<double> threshold = selection_->prune(target, *scores_);
  if (regrowth_ && timely) threshold = std::max(threshold, regrowth_->exchange(progress, *scores_));
  update_ = {.target_sparsity = target,
             .threshold = threshold.value_or(0),
             .pruned = groups_->pruned_weights(),
             .prunable = groups_->weights()};
}

void Pruning::before_step(Parameters& parameters, const TrainingProgress& progress) {
  ++batch_counter_;
  update_.reset();
  scores_->observe();
  update(progress);
  parameters.mask_grads();
}

void Pruning::after_step(Parameters& parameters, const TrainingProgress&) {
  parameters.apply_masks();
}

bool Pruning::settled(const TrainingProgress& progress) const {
  return options_.schedule.complete(progress);
}

void Pruning::serialize(Archive& archive) {
  archive.field("batch_counter", batch_counter_);
  if (scores_) scores_->serialize(archive);
}

RegularizerEntry pruning_entry() {
  return {{.name = "pruning",
           .summary = "Prunes weights, neurons, heads or n:m blocks by a schedule, with regrowth "
                      "if wished.",
           .settings = pruning_specs(),
           .check = check_pruning_settings},
          [](const Settings& settings,
             const RegularizerContext& context) -> std::unique_ptr<Regularizer> {
            return std::make_unique<Pruning>(pruning_options(settings, context), context.key);
          }};
}

}  // namespace espalier
