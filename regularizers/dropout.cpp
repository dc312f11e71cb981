#include "regularizers/dropout.h"

#include "regularizers/random_masks.h"
#include "regularizers/sites.h"

namespace espalier {

bool Dropout::acts_at(const Forward& pass, Site site) const {
  return pass.training() && rate_ > 0 && contains(sites_, site);
}

bool Dropout::acts_on_states(const Forward& pass) const {
  return acts_at(pass, Site::recurrent);
}

Var Dropout::activation(const Forward& pass, Site site, Var x) const {
  return acts_at(pass, site) ? drop(pass, pass.call_key(key_), rate_, x) : x;
}

RegularizerEntry dropout_entry() {
  return {{.name = "dropout",
           .summary = "Zeroes random activations while training, anew at every step.",
           .settings = {rate_spec(0.3, "Probability that an activation is zeroed."),
                        sites_spec({"head"})}},
          [](const Settings& settings,
             const RegularizerContext& context) -> std::unique_ptr<Regularizer> {
            return std::make_unique<Dropout>(settings.number("rate"), sites_of(settings),
                                             context.key);
          }};
}

}  // namespace espalier
