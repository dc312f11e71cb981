#pragma once

#include <span>

#include "core/real.h"

namespace espalier {

/// Scales all gradients by limit/(norm + 1e-6) if their Euclidean norm exceeds limit (Pascanu
/// et al. 2013, as torch.nn.utils.clip_grad_norm_). Returns the norm found.
double clip_grad_norm(std::span<real> grads, double limit);

}  // namespace espalier
