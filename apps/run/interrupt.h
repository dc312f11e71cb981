#pragma once

#include "apps/training/trainer.h"

namespace espalier {

/// While it lives, Ctrl-C (SIGINT), SIGTERM and SIGHUP end training after the current step, ready
/// to be resumed. A second one ends the process at once.
class InterruptWatch final : public TrainingObserver {
 public:
  InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  ~InterruptWatch() override;

  bool should_interrupt() override;
};

}  // namespace espalier
