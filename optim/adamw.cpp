#include "optim/adamw.h"

#include <memory>

namespace espalier {

void AdamW::update() {
  const auto keep = static_cast<real>(1 - lr() * weight_decay_);
  for (real& w : parameters_.values()) w *= keep;
  Adam::update();
}

namespace {

std::string check(const Settings& settings, Protocol) {
  if (settings.number("lr") * settings.number("weight_decay") < 1) return "";
  return "lr times weight_decay is 1 or more, so that every step would wipe out the weights: lower "
         "one of the two";
}

}  // namespace

OptimizerEntry adamw_entry() {
  std::vector<SettingSpec> settings = adam_settings();
  settings.push_back({.name = "weight_decay",
                      .type = SettingType::number,
                      .default_value = 0.01,
                      .help = "Each step takes lr times this share off every parameter.",
                      .minimum = 0});
  return {{.name = "adamw",
           .summary = "Adam that also shrinks all parameters a little before each step.",
           .settings = std::move(settings),
           .check = check},
          [](const Settings& values, Parameters& parameters) -> std::unique_ptr<Optimizer> {
            return std::make_unique<AdamW>(parameters, adam_options(values),
                                           values.number("weight_decay"));
          }};
}

}  // namespace espalier
