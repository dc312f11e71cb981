#include "optim/rmsprop.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace espalier {

RmsProp::RmsProp(Parameters& parameters, const Options& options)
    : Optimizer(parameters, options.lr, options.max_grad_norm),
      options_(options),
      square_avg_(parameters.add_state("square_avg")),
      grad_avg_(options.centered ? &parameters.add_state("grad_avg") : nullptr),
      momentum_buffer_(options.momentum > 0 ? &parameters.add_state("momentum_buffer") : nullptr) {}

void RmsProp::update() {
  const auto keep = static_cast<real>(options_.alpha);
  const auto take = static_cast<real>(1 - options_.alpha);
  const auto epsilon = static_cast<real>(options_.epsilon);
  const auto momentum = static_cast<real>(options_.momentum);
  const auto step_size = static_cast<real>(lr());
  const std::span<real> w = parameters_.values();
  const std::span<const real> g = parameters_.grads();
  for (std::size_t i = 0; i < w.size(); ++i) {
    square_avg_[i] = keep * square_avg_[i] + take * g[i] * g[i];
    real variance = square_avg_[i];
    if (grad_avg_ != nullptr) {
      real& mean = (*grad_avg_)[i];
      mean = keep * mean + take * g[i];
      // Rounding can put the difference of near equals below 0, where PyTorch's root is NaN.
      variance = std::max(variance - mean * mean, real{0});
    }
    real move = g[i] / (std::sqrt(variance) + epsilon);
    if (momentum_buffer_ != nullptr) {
      move += momentum * (*momentum_buffer_)[i];
      (*momentum_buffer_)[i] = move;
    }
    w[i] -= step_size * move;
  }
}

namespace {

std::vector<SettingSpec> settings() {
  return {
      lr_spec(0.01),
      {.name = "alpha",
       .type = SettingType::number,
       .default_value = 0.99,
       .help = "Decay of the average of squared gradients.",
       .minimum = 0,
       .maximum = 0.999999},
      eps_spec(),
      {.name = "momentum",
       .type = SettingType::number,
       .default_value = 0.0,
       .help = "Share of the previous update that is kept.",
       .minimum = 0,
       .maximum = 1},
      {.name = "centered",
       .type = SettingType::boolean,
       .default_value = false,
       .help = "Divide by the gradients' standard deviation instead of their root mean square."},
      max_grad_norm_spec()};
}

}  // namespace

OptimizerEntry rmsprop_entry() {
  return {{.name = "rmsprop",
           .summary = "RMSprop: gradients divided by a running root mean square of theirs.",
           .settings = settings()},
          [](const Settings& values, Parameters& parameters) -> std::unique_ptr<Optimizer> {
            return std::make_unique<RmsProp>(parameters,
                                             RmsProp::Options{
                                                 .lr = values.number("lr"),
                                                 .alpha = values.number("alpha"),
                                                 .epsilon = values.number("eps"),
                                                 .momentum = values.number("momentum"),
                                                 .centered = values.boolean("centered"),
                                                 .max_grad_norm = max_grad_norm_of(values),
                                             });
          }};
}

}  // namespace espalier
