#pragma once

#include "regularizers/registry.h"

namespace espalier {

/// Does nothing, at training and at evaluation: the control arm of a comparison.
class None final : public Regularizer {
 public:
  bool may_be_inert() const override { return true; }
};

RegularizerEntry none_entry();

}  // namespace espalier
