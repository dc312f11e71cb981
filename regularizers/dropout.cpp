#include "regularizers/dropout.h"

#include <algorithm>

#include "core/forward.h"
#include "core/ops.h"
#include "regularizers/sites.h"

namespace espalier {

Var Dropout::activation(const Forward& pass, Site site, Var x) const {
  if (!pass.training() || rate_ == 0) return x;
  if (std::ranges::find(sites_, site) == sites_.end()) return x;
  const auto count = static_cast<std::size_t>(x.value().size());
  const std::span keep(reinterpret_cast<std::uint8_t*>(pass.tape().arena().allocate(count)), count);
  fill_keep_mask(pass.call_key(key_), rate_, keep);
  return mask_scale(x, keep, static_cast<real>(1 / (1 - rate_)));
}

RegularizerEntry dropout_entry() {
  return {{.name = "dropout",
           .summary = "Zeroes random activations while training, anew at every step.",
           .settings = {{.name = "rate",
                         .type = SettingType::number,
                         .default_value = 0.3,
                         .help = "Probability that an activation is zeroed.",
                         .minimum = 0,
                         .maximum = 0.999},
                        sites_spec({"head"})}},
          [](const Settings& settings,
             const RegularizerContext& context) -> std::unique_ptr<Regularizer> {
            return std::make_unique<Dropout>(settings.number("rate"), sites_of(settings),
                                             context.key);
          }};
}

}  // namespace espalier
