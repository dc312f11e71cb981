#include "optim/registry.h"

#include "core/error.h"
#include "optim/adam.h"
#include "optim/sgd.h"

namespace espalier {

std::vector<OptimizerEntry> optimizer_registry() {
  return {adam_entry(), sgd_entry()};
}

std::unique_ptr<Optimizer> make_optimizer(std::string_view type, const Settings& settings,
                                          Parameters& parameters) {
  for (const OptimizerEntry& entry : optimizer_registry()) {
    if (entry.info.name == type) return entry.make(settings, parameters);
  }
  throw Error("[optimizer] no optimizer is named \"" + std::string(type) + "\"");
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
