#include "regularizers/pruning/author_rule.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "regularizers/pruning/schedule.h"

namespace espalier {

BelowThresholdRule::BelowThresholdRule(Parameters& parameters, std::vector<Parameter*> tensors)
    : parameters_(parameters), tensors_(std::move(tensors)) {
  for (const Parameter* tensor : tensors_) count_ += static_cast<std::int64_t>(tensor->size());
  live_.reserve(static_cast<std::size_t>(count_));
}

std::int64_t BelowThresholdRule::collect_live(const Parameter& tensor) {
  const auto before = std::ssize(live_);
  const auto mask = tensor.mask();
  const Tensor value = tensor.value();
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (!mask[i]) continue;
    const real magnitude = std::abs(value.data[i]);
    // A NaN can't be ranked; it stays until the loss tells of it.
    const bool ranked = magnitude == magnitude;
    live_.push_back(
        {ranked ? magnitude : std::numeric_limits<real>::infinity(), tensor.offset() + i});
  }
  return std::ssize(live_) - before;
}

MaskUpdate BelowThresholdRule::prune(double target) {
  live_.clear();
  std::int64_t counted = 0;
  for (const Parameter* tensor : tensors_) {
    if (collect_live(*tensor) > 0) counted += static_cast<std::int64_t>(tensor->size());
  }
  const std::int64_t live = std::ssize(live_);
  const std::int64_t already = counted - live;
  const auto k = static_cast<std::int64_t>(target * static_cast<double>(counted)) - already;
  if (k <= 0 || k >= live) return result(target, 0);
  const auto kth = live_.begin() + (k - 1);
  std::ranges::nth_element(live_, kth, {}, &LiveWeight::magnitude);
  const real threshold = kth->magnitude;
  for (const LiveWeight& weight : live_) {
    if (weight.magnitude < threshold) parameters_.prune(weight.index, /*forget_state=*/false);
  }
  return result(target, threshold);
}

MaskUpdate BelowThresholdRule::result(double target, double threshold) const {
  std::int64_t pruned = 0;
  for (const Parameter* tensor : tensors_) pruned += std::ranges::count(tensor->mask(), 0);
  return {.target_sparsity = target, .threshold = threshold, .pruned = pruned, .prunable = count_};
}

double AuthorPruning::target(const Options& options, const TrainingProgress& progress) {
  if (progress.epoch < options.warmup_epochs) return 0;
  const auto done = static_cast<double>(progress.epoch - options.warmup_epochs);
  const auto whole = static_cast<double>(progress.epochs - options.warmup_epochs);
  return scheduled_sparsity(ScheduleShape::cubic, options.min_sparsity, options.max_sparsity,
                            done / whole);
}

void AuthorPruning::attach(Parameters& parameters) {
  std::vector<Parameter*> prunable;
  for (Parameter& parameter : parameters.all()) {
    const bool published = parameter.traits().author_prunable;
    if (parameter.kind() == ParameterKind::weight || published) prunable.push_back(&parameter);
  }
  rule_.emplace(parameters, std::move(prunable));
}

void AuthorPruning::before_step(Parameters&, const TrainingProgress& progress) {
  ++batch_counter_;
  update_.reset();
  const bool due = batch_counter_ % options_.every == 0;
  if (due && progress.epoch >= options_.warmup_epochs) {
    update_ = rule_->prune(target(options_, progress));
  }
}

void AuthorPruning::after_step(Parameters& parameters, const TrainingProgress&) {
  parameters.apply_masks();
}

void AuthorPruning::serialize(Archive& archive) {
  archive.field("batch_counter", batch_counter_);
}

}  // namespace espalier
