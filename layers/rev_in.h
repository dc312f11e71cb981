#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/forward.h"
#include "core/parameters.h"

namespace espalier {

/// Reversible instance normalisation (Kim et al., ICLR 2022): each channel of each window is
/// shifted and scaled to mean 0 and variance 1 before the network, and forecasts are taken back
/// after it, so that a level the network never saw does no harm. With `affine`, a learned gain and
/// bias per channel in between: parameters `name`.affine_weight and `name`.affine_bias [channels];
/// a gain of 0 can't be undone (forecasts are then not finite).
class RevIn {
 public:
  RevIn(Parameters& parameters, const std::string& name, std::int64_t channels, bool affine);

  /// Gain 1, bias 0.
  void initialise();

  /// A window in the network's terms, with what it takes to come back, each [channels, batch].
  struct Normalised {
    Var x;
    Var mean;
    Var deviation;
  };

  /// x [time, channels, batch]; the deviation is √(variance + 1e-5), the variance divided by time.
  Normalised normalise(Forward& pass, Var x) const;

  /// Forecasts y [rows, k, batch] of `channels` (k of them) back in the units of x. `channels`
  /// must live as long as the tape's step.
  Var denormalise(Forward& pass, const Normalised& normalised, Var y,
                  std::span<const std::int64_t> channels) const;

 private:
  Parameter* affine_weight_ = nullptr;
  Parameter* affine_bias_ = nullptr;
};

}  // namespace espalier
