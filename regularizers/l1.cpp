#include "regularizers/l1.h"

namespace espalier {

void L1::before_step(Parameters& parameters, const TrainingProgress&) {
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() != ParameterKind::weight) continue;
    const Tensor w = parameter.value();
    const Tensor dw = parameter.grad();
    for (std::int64_t i = 0; i < w.size(); ++i) {
      dw[i] += strength_ * static_cast<real>((w[i] > 0) - (w[i] < 0));
    }
  }
}

RegularizerEntry l1_entry() {
  return {{.name = "l1",
           .summary = "Adds the sum of all weights' magnitudes to the loss.",
           .settings = {{.name = "strength",
                         .type = SettingType::number,
                         .default_value = 1e-4,
                         .help = "Factor of the sum.",
                         .minimum = 0}}},
          [](const Settings& settings, const RegularizerContext&) -> std::unique_ptr<Regularizer> {
            return std::make_unique<L1>(settings.number("strength"));
          }};
}

}  // namespace espalier
