#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "apps/inspect/even_sample.h"
#include "apps/inspect/snapshot.h"
#include "core/regularizer.h"

namespace espalier {

/// A regularizer that changes nothing: it looks on, and keeps what the weight matrices were like
/// before training and at each update of masks. A run without such updates has the ends of its
/// epochs kept instead. Of many moments only some are kept (EvenSample), so that memory is bounded.
///
/// To stand last in the list of regularizers, and to be attached last: it sees what the others have
/// done. A run is recorded at one go; nothing of it is saved for resuming.
class RunRecorder final : public Regularizer {
 public:
  /// Cells of all heat maps of one snapshot.
  static constexpr std::int64_t most_cells = 65536;
  /// Cells of a single heat map.
  static constexpr std::int64_t most_cells_of_matrix = 16384;
  static constexpr std::size_t most_moments = 100;

  /// `regularizers`: the list it stands in, to be asked for their updates.
  explicit RunRecorder(const Regularizers& regularizers, std::size_t capacity = most_moments)
      : regularizers_(regularizers), updates_(capacity), epochs_(capacity) {}

  void attach(Parameters& parameters) override;
  void after_step(Parameters& parameters, const TrainingProgress& progress) override;
  void on_epoch_end(const TrainingProgress& progress) override;
  bool may_be_inert() const override { return true; }

  /// Adds the weights as they are now: those of `epoch`, chosen to be scored.
  void record_scored(std::int64_t epoch);

  const std::vector<MatrixInfo>& matrices() const { return matrices_; }
  /// In the order of time: the start, the updates or else the epochs, the scored weights.
  std::vector<Snapshot> snapshots() const;
  /// Updates there were, kept or not.
  std::size_t updates() const { return updates_.count(); }

 private:
  Snapshot take(Snapshot::Moment moment, std::int64_t number,
                const TrainingProgress& progress) const;
  MatrixRecord record(std::size_t matrix) const;
  /// A snapshot that is no update's, its weights counted among those that the updates count.
  Snapshot counted_as_updates(Snapshot snapshot) const;
  /// Keeps values and masks for the next update's histogram.
  void remember(const Parameters& parameters);

  const Regularizers& regularizers_;
  const Parameters* parameters_ = nullptr;
  std::vector<const Parameter*> recorded_;  // beside matrices_
  std::vector<MatrixInfo> matrices_;

  AlignedVector<real> values_before_;  // slabs, as they were before the step
  AlignedVector<std::uint8_t> masks_before_;

  std::set<std::int64_t> prunable_;  // weights that the updates counted among
  std::optional<Snapshot> start_;
  EvenSample<Snapshot> updates_;
  EvenSample<Snapshot> epochs_;
  std::optional<Snapshot> scored_;
};

}  // namespace espalier
