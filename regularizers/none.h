#pragma once

#include "regularizers/registry.h"

namespace espalier {

/// Does nothing, at training and at evaluation: the control arm of a comparison.
class None final : public Regularizer {};

RegularizerEntry none_entry();

}  // namespace espalier
