#include "optim/registry.h"

#include "core/error.h"
#include "optim/adam.h"
#include "optim/adamw.h"
#include "optim/rmsprop.h"
#include "optim/sgd.h"

namespace espalier {

std::vector<OptimizerEntry> optimizer_registry() {
  return {adam_entry(), adamw_entry(), sgd_entry(), rmsprop_entry()};
}

std::unique_ptr<Optimizer> make_optimizer(std::string_view type, const Settings& settings,
                                          Parameters& parameters) {
  for (const OptimizerEntry& entry : optimizer_registry()) {
    if (entry.info.name == type) return entry.make(settings, parameters);
  }
  throw Error("[optimizer] no optimizer is named \"" + std::string(type) + "\"");
}

SettingSpec lr_spec(double default_value) {
  return {.name = "lr",
          .type = SettingType::number,
          .default_value = default_value,
          .help = "Learning rate.",
          .minimum = 0,
          .minimum_exclusive = true};
}

SettingSpec eps_spec() {
  // A smaller eps would be 0 in float, and weights without a gradient would become 0/0.
  constexpr double smallest_eps = 1e-30;
  return {.name = "eps",
          .type = SettingType::number,
          .default_value = 1e-8,
          .help = "Added to the divisor, against division by zero.",
          .minimum = smallest_eps};
}

SettingSpec max_grad_norm_spec() {
  return {.name = "max_grad_norm",
          .type = SettingType::number,
          .default_value = std::monostate{},
          .help = "Gradients of a larger overall norm are scaled down to it; null: no clipping.",
          .minimum = 0,
          .minimum_exclusive = true,
          .nullable = true};
}

std::optional<double> max_grad_norm_of(const Settings& settings) {
  if (settings.is_null("max_grad_norm")) return std::nullopt;
  return settings.number("max_grad_norm");
}

}  // namespace espalier
