#pragma once

#include <optional>

#include "core/archive.h"
#include "core/parameters.h"
#include "core/regularizer.h"

namespace espalier {

/// Turns gradients into weight updates and gives regularizers their say around each one.
class Optimizer {
 public:
  /// `lr`: the learning rate. `max_grad_norm`: gradients of a larger overall norm are scaled down
  /// to it before the update.
  Optimizer(Parameters& parameters, double lr, std::optional<double> max_grad_norm)
      : parameters_(parameters), lr_(lr), max_grad_norm_(max_grad_norm) {}
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  /// Call after backward. In this order: every regularizer's before_step, gradient clipping, the
  /// update, every regularizer's after_step.
  void step(const Regularizers& regularizers, const TrainingProgress& progress);

  /// From the next step on, updates use the learning rate times `factor` (see LrSchedule). It is no
  /// part of the saved state: whoever sets it sets it again.
  void set_lr_factor(double factor) { lr_factor_ = factor; }
  /// The learning rate of the next step.
  double lr() const { return lr_ * lr_factor_; }

  /// State besides what it keeps in the Parameters.
  virtual void serialize(Archive&) {}

 protected:
  virtual void update() = 0;

  Parameters& parameters_;

 private:
  double lr_;
  double lr_factor_ = 1;
  std::optional<double> max_grad_norm_;
};

}  // namespace espalier
