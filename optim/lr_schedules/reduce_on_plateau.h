#pragma once

#include <limits>

#include "optim/lr_schedule_registry.h"

namespace espalier {

/// Lowers the learning rate where the validation loss has stopped falling, as
/// torch.optim.lr_scheduler.ReduceLROnPlateau (mode "min", relative threshold): after more than
/// `patience` epochs in a row that weren't below best·(1 − threshold).
class ReduceLrOnPlateau final : public LrSchedule {
 public:
  struct Options {
    /// What the rate is then multiplied with.
    double factor = 0.1;
    std::int64_t patience = 1;
    double threshold = 1e-4;
    /// Epochs after a reduction in which none is counted as bad.
    std::int64_t cooldown = 0;
    double min_factor = 0;
  };

  explicit ReduceLrOnPlateau(const Options& options) : options_(options) {}

  double factor(const TrainingProgress&) const override { return factor_; }
  void observe(double validation_loss) override;
  void serialize(Archive& archive) override;

 private:
  Options options_;
  double factor_ = 1;
  double best_ = std::numeric_limits<double>::infinity();
  std::int64_t bad_epochs_ = 0;
  std::int64_t cooldown_left_ = 0;
};

LrScheduleEntry reduce_lr_on_plateau_entry();

}  // namespace espalier
