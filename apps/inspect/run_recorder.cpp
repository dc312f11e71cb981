#include "apps/inspect/run_recorder.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace espalier {

void RunRecorder::attach(Parameters& parameters) {
  parameters_ = &parameters;
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() == ParameterKind::weight) recorded_.push_back(&parameter);
  }
  const auto share = most_cells / std::max<std::int64_t>(1, std::ssize(recorded_));
  const std::int64_t most = std::clamp<std::int64_t>(share, 1, most_cells_of_matrix);
  for (const Parameter* parameter : recorded_) {
    const std::int64_t rows = parameter->shape()[0];
    const ParameterTraits& traits = parameter->traits();
    const Parameter* units = traits.same_units_as != nullptr ? traits.same_units_as : parameter;
    const auto units_of = std::ranges::find(recorded_, units) - recorded_.begin();
    matrices_.push_back({.name = parameter->name(),
                         .grid = CellGrid::of(rows, parameter->shape().size() / rows, most),
                         .blocks = traits.blocks,
                         .recurrent = traits.recurrent,
                         .units_of = static_cast<std::size_t>(units_of)});
  }
  remember(parameters);
  start_ = take(Snapshot::Moment::start, 0, {});
}

void RunRecorder::after_step(Parameters& parameters, const TrainingProgress& progress) {
  for (const auto& regularizer : regularizers_) {
    const MaskUpdate* update = regularizer->mask_update();
    if (update == nullptr) continue;
    const auto number = static_cast<std::int64_t>(updates_.count());
    Snapshot snapshot = take(Snapshot::Moment::update, number, progress);
    snapshot.update = *update;
    prunable_.insert(update->prunable);
    updates_.add(std::move(snapshot));
  }
  remember(parameters);
}

void RunRecorder::on_epoch_end(const TrainingProgress& progress) {
  if (updates_.count() > 0) return;
  epochs_.add(take(Snapshot::Moment::epoch_end, progress.epoch, progress));
}

void RunRecorder::record_scored(std::int64_t epoch) {
  remember(*parameters_);
  scored_ = take(Snapshot::Moment::scored, epoch, {.epoch = epoch});
}

std::vector<Snapshot> RunRecorder::snapshots() const {
  std::vector<Snapshot> all;
  if (start_) all.push_back(counted_as_updates(*start_));
  for (Snapshot& snapshot : (updates_.count() > 0 ? updates_ : epochs_).items()) {
    all.push_back(std::move(snapshot));
  }
  if (scored_) all.push_back(counted_as_updates(*scored_));
  return all;
}

Snapshot RunRecorder::take(Snapshot::Moment moment, std::int64_t number,
                           const TrainingProgress& progress) const {
  Snapshot snapshot{.moment = moment, .number = number, .progress = progress};
  for (std::size_t i = 0; i < recorded_.size(); ++i) {
    snapshot.matrices.push_back(record(i));
    snapshot.update.prunable += static_cast<std::int64_t>(recorded_[i]->size());
  }
  // What is pruned is prunable, whatever it belongs to.
  for (const Parameter& parameter : parameters_->all()) {
    snapshot.update.pruned += std::ranges::count(parameter.mask(), std::uint8_t{0});
  }
  return snapshot;
}

Snapshot RunRecorder::counted_as_updates(Snapshot snapshot) const {
  MaskUpdate& update = snapshot.update;
  if (prunable_.size() == 1) update.prunable = *prunable_.begin();
  if (prunable_.size() <= 1) return snapshot;
  snapshot.of_all_matrices = true;
  update.pruned = update.prunable;
  for (const MatrixRecord& record : snapshot.matrices) update.pruned -= record.survivors;
  return snapshot;
}

MatrixRecord RunRecorder::record(std::size_t matrix) const {
  const Parameter& parameter = *recorded_[matrix];
  const std::span<const std::uint8_t> mask = parameter.mask();
  MatrixRecord record{.mask_bits = pack_mask(mask),
                      .values = quantise(parameter.value().span(), mask, matrices_[matrix].grid),
                      .survivors = static_cast<std::int64_t>(mask.size()) -
                                   std::ranges::count(mask, std::uint8_t{0}),
                      .weight_norm = euclidean_norm(parameter.value().span()),
                      .gradient_norm = euclidean_norm(parameter.grad().span())};
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const std::size_t at = parameter.offset() + i;
    if (masks_before_[at] == 0) continue;
    const std::size_t bin =
        MagnitudeHistogram::bin_of(std::abs(static_cast<double>(values_before_[at])));
    ++(mask[i] != 0 ? record.histogram.kept : record.histogram.taken)[bin];
  }
  return record;
}

void RunRecorder::remember(const Parameters& parameters) {
  values_before_.assign(parameters.values().begin(), parameters.values().end());
  masks_before_.assign(parameters.masks().begin(), parameters.masks().end());
}

}  // namespace espalier
