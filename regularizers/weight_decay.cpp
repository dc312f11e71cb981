#include "regularizers/weight_decay.h"

namespace espalier {

void WeightDecay::after_step(Parameters& parameters, const TrainingProgress&) {
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() != ParameterKind::weight) continue;
    for (real& w : parameter.value().span()) w *= keep_;
  }
}

RegularizerEntry weight_decay_entry() {
  return {{.name = "weight_decay",
           .summary = "Shrinks all weights a little after each step (decoupled L2).",
           .settings = {{.name = "rate",
                         .type = SettingType::number,
                         .default_value = 1e-5,
                         .help = "Share of each weight taken away per step; AdamW's lr times its "
                                 "weight_decay.",
                         .minimum = 0,
                         .maximum = 1}}},
          [](const Settings& settings, const RegularizerContext&) -> std::unique_ptr<Regularizer> {
            return std::make_unique<WeightDecay>(settings.number("rate"));
          }};
}

}  // namespace espalier
