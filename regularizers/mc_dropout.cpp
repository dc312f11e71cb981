#include "regularizers/mc_dropout.h"

#include "regularizers/random_masks.h"
#include "regularizers/sites.h"

namespace espalier {

bool McDropout::acts_at(Site site) const {
  return rate_ > 0 && contains(sites_, site);
}

bool McDropout::acts_on_states(const Forward&) const {
  return acts_at(Site::recurrent);
}

Var McDropout::activation(const Forward& pass, Site site, Var x) const {
  return acts_at(site) ? drop(pass, pass.call_key(key_), rate_, x) : x;
}

RegularizerEntry mc_dropout_entry() {
  // The published scripts make one stochastic pass.
  const SettingSpec samples{.name = "samples",
                            .type = SettingType::integer,
                            .default_value = std::int64_t{50},
                            .help =
                                "Passes averaged for each forecast, at validation too; time "
                                "grows with them.",
                            .minimum = 1,
                            .maximum = 10'000,
                            .author_default = std::int64_t{1}};
  return {{.name = "mc_dropout",
           .summary = "Dropout that stays on when forecasting: the mean of many random passes.",
           .settings = {rate_spec(0.3, "Probability that an activation is zeroed."),
                        sites_spec({"head"}), samples}},
          [](const Settings& settings,
             const RegularizerContext& context) -> std::unique_ptr<Regularizer> {
            return std::make_unique<McDropout>(settings.number("rate"), sites_of(settings),
                                               settings.integer("samples"), context.key);
          }};
}

}  // namespace espalier
