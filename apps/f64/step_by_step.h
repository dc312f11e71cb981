#pragma once

#include "core/forward.h"
#include "core/regularizer.h"

namespace espalier {

/// Changes nothing, but makes recurrent layers go step by step, so that their gates are nodes.
class StepByStep : public Regularizer {
 public:
  bool acts_on_states(const Forward&) const override { return true; }
};

}  // namespace espalier
