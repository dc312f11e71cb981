#pragma once

#include "optim/lr_schedule_registry.h"

namespace espalier {

/// One cycle over the whole run, step by step (Smith & Topin, arXiv 1708.07120), as
/// torch.optim.lr_scheduler.OneCycleLR with cosines: from 1/div_factor up to 1, the optimizer's own
/// rate, and down to 1/(div_factor·final_div_factor). Momentum stays as it is.
class OneCycleLr final : public LrSchedule {
 public:
  struct Options {
    /// Share of the run spent on the way up.
    double pct_start = 0.3;
    double div_factor = 25;
    double final_div_factor = 1e4;
  };

  explicit OneCycleLr(const Options& options) : options_(options) {}

  double factor(const TrainingProgress& progress) const override;

 private:
  Options options_;
};

LrScheduleEntry one_cycle_lr_entry();

}  // namespace espalier
