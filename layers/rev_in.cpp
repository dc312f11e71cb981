#include "layers/rev_in.h"

#include <algorithm>

#include "core/ops.h"

namespace espalier {

namespace {

constexpr real rev_in_epsilon = static_cast<real>(1e-5);

/// The rows `channels` of x [channels, batch].
Var select_rows(Var x, std::span<const std::int64_t> channels) {
  const std::int64_t batch = x.shape()[1];
  const Var chosen = select_features(reshape(x, x.shape().prepend(1)), channels);
  return reshape(chosen, {std::ssize(channels), batch});
}

}  // namespace

RevIn::RevIn(Parameters& parameters, const std::string& name, std::int64_t channels, bool affine) {
  if (!affine) return;
  affine_weight_ = &parameters.add(name + ".affine_weight", ParameterKind::norm, {channels});
  affine_bias_ = &parameters.add(name + ".affine_bias", ParameterKind::bias, {channels});
}

void RevIn::initialise() {
  if (affine_weight_ == nullptr) return;
  std::ranges::fill(affine_weight_->value().span(), real{1});
  std::ranges::fill(affine_bias_->value().span(), real{0});
}

RevIn::Normalised RevIn::normalise(Forward& pass, Var x) const {
  const std::int64_t batch = x.shape()[2];
  const Var mean = mean_rows(x);
  const Var centred = sub(x, mean);
  const Var deviation = sqrt(mean_rows(mul(centred, centred)), rev_in_epsilon);
  Var scaled = div(centred, deviation);
  if (affine_weight_ != nullptr) {
    scaled = add(mul(scaled, repeat(pass.parameter(*affine_weight_), batch)),
                 repeat(pass.parameter(*affine_bias_), batch));
  }
  return {scaled, mean, deviation};
}

Var RevIn::denormalise(Forward& pass, const Normalised& normalised, Var y,
                       std::span<const std::int64_t> channels) const {
  const std::int64_t batch = y.shape()[2];
  if (affine_weight_ != nullptr) {
    const auto of_channels = [&](const Parameter& parameter) {
      return select_rows(repeat(pass.parameter(parameter), batch), channels);
    };
    y = div(sub(y, of_channels(*affine_bias_)), of_channels(*affine_weight_));
  }
  return add(mul(y, select_rows(normalised.deviation, channels)),
             select_rows(normalised.mean, channels));
}

}  // namespace espalier
