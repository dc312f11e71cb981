#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "apps/run/line_log.h"
#include "apps/run/run_directory.h"
#include "apps/training/trainer.h"

namespace espalier {

/// What pruning.jsonl says of one update, given the masks after it. No line break at its end.
std::string pruning_line(const Parameters& parameters, const TrainingProgress& progress,
                         const MaskUpdate& update);

/// Writes down what happens in a run as it happens, and checkpoints after every epoch. On
/// construction it restores the run from its last checkpoint, if there is one.
class Recorder final : public TrainingObserver {
 public:
  Recorder(const RunDirectory& directory, Learner& learner, Trainer& trainer);

  void on_mask_update(const TrainingProgress& progress, const MaskUpdate& update) override;
  void on_epoch(const EpochRecord& record) override;

  /// Saves everything as it stands, in the middle of an epoch too.
  void checkpoint();

 private:
  const RunDirectory& directory_;
  Learner& learner_;
  Trainer& trainer_;
  std::optional<LineLog> metrics_;
  std::optional<LineLog> pruning_;
  std::optional<LineLog> timing_;
  std::chrono::steady_clock::time_point epoch_began_ = std::chrono::steady_clock::now();
};

}  // namespace espalier
