#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/component.h"
#include "optim/optimizer.h"

namespace espalier {

struct OptimizerEntry {
  ComponentInfo info;
  std::unique_ptr<Optimizer> (*make)(const Settings&, Parameters&);
};

/// Every optimizer a config can name.
std::vector<OptimizerEntry> optimizer_registry();

/// Throws Error for a type that is not registered.
std::unique_ptr<Optimizer> make_optimizer(std::string_view type, const Settings& settings,
                                          Parameters& parameters);

/// The setting "lr", which all optimizers have.
SettingSpec lr_spec(double default_value);
/// The setting "eps" of those that divide by a running average.
SettingSpec eps_spec();
/// The setting "max_grad_norm", which all optimizers share.
SettingSpec max_grad_norm_spec();
/// Its value; nothing where it is null.
std::optional<double> max_grad_norm_of(const Settings& settings);

}  // namespace espalier
