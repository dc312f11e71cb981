#include "regularizers/synaptic_pruning.h"

#include <memory>

#include "core/error.h"

namespace espalier {

void SynapticPruning::attach(Parameters& parameters) {
  const bool author = options_.schedule.protocol == Protocol::author;
  std::vector<Parameter*> prunable;
  for (Parameter& parameter : parameters.all()) {
    const bool published = author && parameter.traits().author_prunable;
    if (parameter.kind() == ParameterKind::weight || published) prunable.push_back(&parameter);
  }
  weights_.emplace(parameters, std::move(prunable));
  const double max_sparsity = options_.schedule.max_sparsity;
  if (!author && !weights_->can_reach(max_sparsity, options_.live_floor)) {
    throw Error(
        "[synaptic_pruning] max_sparsity can't be reached while each of the model's tensors "
        "keeps live_floor = " +
        std::to_string(options_.live_floor) + " weights: lower one of the two");
  }
}

bool SynapticPruning::due(const TrainingProgress& progress) const {
  const PruningSchedule& schedule = options_.schedule;
  if (progress.epoch < schedule.warmup_epochs) return false;
  const bool honest = schedule.protocol == Protocol::honest;
  if (honest && weights_->reached(schedule.max_sparsity)) return false;
  if (batch_counter_ % options_.every == 0) return true;
  // The epoch that completes the ramp must not end short of it because `every` didn't come round.
  return honest && schedule.complete(progress) && progress.batch == progress.batches_per_epoch - 1;
}

void SynapticPruning::before_step(Parameters& parameters, const TrainingProgress& progress) {
  ++batch_counter_;
  update_.reset();
  const bool author = options_.schedule.protocol == Protocol::author;
  if (due(progress)) {
    const double target = options_.schedule.target(progress);
    update_ = author ? weights_->prune_below_threshold(target)
                     : weights_->prune_smallest(target, options_.live_floor);
  }
  // The scripts let gradients of pruned weights flow into Adam's moments; `honest` doesn't.
  if (!author) parameters.mask_grads();
}

void SynapticPruning::after_step(Parameters& parameters, const TrainingProgress&) {
  parameters.apply_masks();
}

bool SynapticPruning::settled(const TrainingProgress& progress) const {
  // The scripts stop and choose without regard to the ramp.
  return options_.schedule.protocol == Protocol::author || options_.schedule.complete(progress);
}

void SynapticPruning::serialize(Archive& archive) {
  archive.field("batch_counter", batch_counter_);
}

namespace {

SettingSpec share(const char* name, double value, const char* help) {
  return {.name = name,
          .type = SettingType::number,
          .default_value = value,
          .help = help,
          .minimum = 0,
          .maximum = 2};
}

std::vector<SettingSpec> settings() {
  SettingSpec min_sparsity =
      share("min_sparsity", 0.0, "Share of weights pruned at once when warm-up ends.");
  min_sparsity.author_default = 0.3;
  return {
      min_sparsity,
      share("max_sparsity", 0.7,
            "Share of weights pruned at the end of the ramp; above 1 under author only."),
      {.name = "warmup_epochs",
       .type = SettingType::integer,
       .default_value = std::int64_t{2},
       .help = "Epochs before pruning starts.",
       .minimum = 0},
      {.name = "every",
       .type = SettingType::integer,
       .default_value = std::int64_t{5},
       .help = "Batches between two updates of the mask.",
       .minimum = 1},
      {.name = "ramp_epochs",
       .type = SettingType::integer,
       .default_value = std::monostate{},
       .help = "Epochs from the end of warm-up to full sparsity (honest); null: up to the last.",
       .minimum = 1,
       .nullable = true},
      {.name = "ramp",
       .type = SettingType::text,
       .default_value = "epoch",
       .help = "Whether the target sparsity moves once an epoch or at every step (honest).",
       .choices = {"epoch", "step"}},
      {.name = "live_floor",
       .type = SettingType::integer,
       .default_value = std::int64_t{1},
       .help = "Weights every tensor keeps, however small they are (honest).",
       .minimum = 0},
  };
}

/// Empty if the settings make sense together.
std::string check(const Settings& settings, Protocol protocol) {
  const double low = settings.number("min_sparsity");
  const double high = settings.number("max_sparsity");
  if (low > high) return "min_sparsity exceeds max_sparsity";
  if (protocol == Protocol::honest && high > 1) {
    return "max_sparsity must be at most 1 under the honest protocol (author allows more: pruning "
           "then stops where nothing is left to rank)";
  }
  return "";
}

std::unique_ptr<Regularizer> make(const Settings& settings, const RegularizerContext& context) {
  const std::int64_t warmup = settings.integer("warmup_epochs");
  const std::int64_t left = context.epochs - warmup;
  const std::int64_t ramp =
      settings.is_null("ramp_epochs") ? left : settings.integer("ramp_epochs");
  const bool honest = context.protocol == Protocol::honest;
  if (honest && (left < 1 || ramp > left)) {
    throw Error("[synaptic_pruning] warmup_epochs " + std::to_string(warmup) +
                (left < 1 ? std::string() : " and ramp_epochs " + std::to_string(ramp)) +
                " don't fit into " + std::to_string(context.epochs) +
                " epochs of training: full sparsity would never be reached");
  }
  return std::make_unique<SynapticPruning>(SynapticPruning::Options{
      .schedule = {.protocol = context.protocol,
                   .min_sparsity = settings.number("min_sparsity"),
                   .max_sparsity = settings.number("max_sparsity"),
                   .warmup_epochs = warmup,
                   .ramp_epochs = ramp,
                   .ramp = settings.text("ramp") == "step" ? PruningSchedule::Ramp::per_step
                                                           : PruningSchedule::Ramp::per_epoch},
      .every = settings.integer("every"),
      .live_floor = settings.integer("live_floor")});
}

}  // namespace

RegularizerEntry synaptic_pruning_entry() {
  return {{.name = "synaptic_pruning",
           .summary = "Removes the weakest weights for good, on a cubic ramp (arXiv 2508.09330).",
           .settings = settings(),
           .check = check},
          make};
}

}  // namespace espalier
