#include "regularizers/weight_drop.h"

#include "regularizers/random_masks.h"

namespace espalier {

Var WeightDrop::weight(const Forward& pass, const Parameter& parameter, Var w) const {
  if (!pass.training() || rate_ == 0 || !parameter.traits().recurrent) return w;
  return drop(pass, pass.pass_key(key_).derive(parameter.offset()), rate_, w);
}

RegularizerEntry weight_drop_entry() {
  return {{.name = "weight_drop",
           .summary = "Zeroes random recurrent weights while training (DropConnect).",
           .settings = {rate_spec(0.5, "Probability that a recurrent weight is zeroed.")}},
          [](const Settings& settings,
             const RegularizerContext& context) -> std::unique_ptr<Regularizer> {
            return std::make_unique<WeightDrop>(settings.number("rate"), context.key);
          }};
}

}  // namespace espalier
