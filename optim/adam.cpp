#include "optim/adam.h"

#include <cmath>
#include <memory>

#include "core/kernels/kernels.h"

namespace espalier {

Adam::Adam(Parameters& parameters, const Options& options)
    : Optimizer(parameters, options.lr, options.max_grad_norm),
      options_(options),
      exp_avg_(parameters.add_state("exp_avg")),
      exp_avg_sq_(parameters.add_state("exp_avg_sq")) {}

void Adam::update() {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double correction1 = 1 - std::pow(options_.beta1, t);
  const double correction2 = 1 - std::pow(options_.beta2, t);
  const std::span<real> w = parameters_.values();
  kernels().adam(w.size(), parameters_.grads().data(), exp_avg_.data(), exp_avg_sq_.data(),
                 w.data(), options_.beta1, options_.beta2, static_cast<real>(lr() / correction1),
                 static_cast<real>(std::sqrt(correction2)), static_cast<real>(options_.epsilon));
}

void Adam::serialize(Archive& archive) {
  archive.field("steps", steps_);
}

std::vector<SettingSpec> adam_settings() {
  const auto decay_rate = [](const char* name, double value, const char* help) {
    return SettingSpec{.name = name,
                       .type = SettingType::number,
                       .default_value = value,
                       .help = help,
                       .minimum = 0,
                       .maximum = 0.999999};
  };
  return {lr_spec(0.001), decay_rate("beta1", 0.9, "Decay of the average of gradients."),
          decay_rate("beta2", 0.999, "Decay of the average of squared gradients."), eps_spec(),
          max_grad_norm_spec()};
}

Adam::Options adam_options(const Settings& settings) {
  return {.lr = settings.number("lr"),
          .beta1 = settings.number("beta1"),
          .beta2 = settings.number("beta2"),
          .epsilon = settings.number("eps"),
          .max_grad_norm = max_grad_norm_of(settings)};
}

OptimizerEntry adam_entry() {
  return {{.name = "adam",
           .summary = "Adam: step sizes from running averages of gradients and their squares.",
           .settings = adam_settings()},
          [](const Settings& settings, Parameters& parameters) -> std::unique_ptr<Optimizer> {
            return std::make_unique<Adam>(parameters, adam_options(settings));
          }};
}

}  // namespace espalier
