#include "optim/sgd.h"

#include <memory>

namespace espalier {

Sgd::Sgd(Parameters& parameters, const Options& options)
    : Optimizer(parameters, options.max_grad_norm),
      options_(options),
      momentum_buffer_(parameters.add_state("momentum_buffer")) {}

void Sgd::update() {
  const auto momentum = static_cast<real>(options_.momentum);
  const auto lr = static_cast<real>(options_.lr);
  const std::span<real> w = parameters_.values();
  const std::span<const real> g = parameters_.grads();
  for (std::size_t i = 0; i < w.size(); ++i) {
    momentum_buffer_[i] = momentum * momentum_buffer_[i] + g[i];
    w[i] -= lr * momentum_buffer_[i];
  }
}

OptimizerEntry sgd_entry() {
  return {{.name = "sgd",
           .summary = "Stochastic gradient descent with momentum.",
           .settings = {{.name = "lr",
                         .type = SettingType::number,
                         .default_value = 0.01,
                         .help = "Learning rate.",
                         .minimum = 0,
                         .minimum_exclusive = true},
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
