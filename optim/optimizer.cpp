#include "optim/optimizer.h"

#include "optim/clip_grad_norm.h"

namespace espalier {

void Optimizer::step(const Regularizers& regularizers, const TrainingProgress& progress) {
  for (const auto& regularizer : regularizers) regularizer->before_step(parameters_, progress);
  if (max_grad_norm_) clip_grad_norm(parameters_.grads(), *max_grad_norm_);
  update();
  for (const auto& regularizer : regularizers) regularizer->after_step(parameters_, progress);
  if (parameters_.masks_are_stale()) parameters_.masks_changed();
}

}  // namespace espalier
