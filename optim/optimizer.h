#pragma once

#include <optional>

#include "core/archive.h"
#include "core/parameters.h"
#include "core/regularizer.h"

namespace espalier {

/// Turns gradients into weight updates and gives regularizers their say around each one.
class Optimizer {
 public:
  /// `max_grad_norm`: gradients of a larger overall norm are scaled down to it before the update.
  Optimizer(Parameters& parameters, std::optional<double> max_grad_norm)
      : parameters_(parameters), max_grad_norm_(max_grad_norm) {}
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  /// Call after backward. In this order: every regularizer's before_step, gradient clipping, the
  /// update, every regularizer's after_step.
  void step(const Regularizers& regularizers, const TrainingProgress& progress);

  /// State besides what it keeps in the Parameters.
  virtual void serialize(Archive&) {}

 protected:
  virtual void update() = 0;

  Parameters& parameters_;

 private:
  std::optional<double> max_grad_norm_;
};

}  // namespace espalier
