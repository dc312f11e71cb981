#include "optim/sgd.h"

#include <memory>

namespace espalier {

Sgd::Sgd(Parameters& parameters, const Options& options)
    : Optimizer(parameters, options.lr, options.max_grad_norm),
      momentum_(static_cast<real>(options.momentum)),
      momentum_buffer_(parameters.add_state("momentum_buffer")) {}

void Sgd::update() {
  const auto step_size = static_cast<real>(lr());
  const std::span<real> w = parameters_.values();
  const std::span<const real> g = parameters_.grads();
  for (std::size_t i = 0; i < w.size(); ++i) {
    momentum_buffer_[i] = momentum_ * momentum_buffer_[i] + g[i];
    w[i] -= step_size * momentum_buffer_[i];
  }
}

OptimizerEntry sgd_entry() {
  return {{.name = "sgd",
           .summary = "Stochastic gradient descent with momentum.",
           .settings = {lr_spec(0.01),
                        {.name = "momentum",
                         .type = SettingType::number,
                         .default_value = 0.9,
                         .help = "Share of the previous update that is kept.",
                         .minimum = 0,
                         .maximum = 1},
                        max_grad_norm_spec()}},
          [](const Settings& settings, Parameters& parameters) -> std::unique_ptr<Optimizer> {
            return std::make_unique<Sgd>(parameters,
                                         Sgd::Options{.lr = settings.number("lr"),
                                                      .momentum = settings.number("momentum"),
                                                      .max_grad_norm = max_grad_norm_of(settings)});
          }};
}

}  // namespace espalier
