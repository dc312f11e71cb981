#include "regularizers/variational_dropout.h"

#include <algorithm>

#include "regularizers/random_masks.h"
#include "regularizers/sites.h"

namespace espalier {

namespace {

/// x [time, features, batch] with one mask for all steps.
Var drop_alike(const Forward& pass, RandomKey key, double rate, Var x) {
  const std::span<std::uint8_t> keep = draw_keep_mask(pass, key, rate, x.value().size());
  const auto step = static_cast<std::size_t>(x.shape().inner().size());
  // The first step's mask is repeated over those of the others.
  for (std::size_t at = step; at < keep.size(); at += step) {
    std::ranges::copy(keep.first(step), keep.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return keep_scaled(x, keep, rate);
}

}  // namespace

bool VariationalDropout::acts_at(const Forward& pass, Site site) const {
  return pass.training() && rate_ > 0 && contains(sites_, site);
}

bool VariationalDropout::acts_on_states(const Forward& pass) const {
  return acts_at(pass, Site::recurrent);
}

Var VariationalDropout::activation(const Forward& pass, Site site, Var x) const {
  if (!acts_at(pass, site)) return x;
  if (site == Site::recurrent) return drop(pass, pass.sequence_key(key_), rate_, x);
  const RandomKey key = pass.call_key(key_);
  return x.shape().rank() == 3 ? drop_alike(pass, key, rate_, x) : drop(pass, key, rate_, x);
}

RegularizerEntry variational_dropout_entry() {
  SettingSpec sites = sites_spec({"input", "recurrent", "head"});
  // Attention weights have no time steps that could share a mask.
  std::erase(sites.choices, site_name(Site::attention));
  return {{.name = "variational_dropout",
           .summary = "Dropout with one mask for all time steps of a sequence.",
           .settings = {rate_spec(0.25, "Probability that a unit is zeroed for a whole sequence."),
                        sites}},
          [](const Settings& settings,
             const RegularizerContext& context) -> std::unique_ptr<Regularizer> {
            return std::make_unique<VariationalDropout>(settings.number("rate"), sites_of(settings),
                                                        context.key);
          }};
}

}  // namespace espalier
