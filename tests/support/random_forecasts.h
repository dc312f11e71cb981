#pragma once

#include <cstdint>
#include <vector>

#include "core/forward.h"
#include "models/model.h"
#include "tests/support/array.h"

namespace espalier::test {

/// What a model forecasts for `count` random windows, the same ones for the same `seed`.
inline std::vector<real> random_forecasts(const Model& model, const ForecastShape& shape,
                                          std::int64_t count, std::uint64_t seed) {
  Array x = random_array({shape.window, shape.features, count}, seed, -2, 2);
  const Regularizers none;
  Tape tape(Tape::Mode::inference);
  Forward pass(tape, none, Forward::Purpose::evaluation, 0);
  const Var y = model.forward(pass, tape.constant(x.tensor()));
  return {y.value().span().begin(), y.value().span().end()};
}

}  // namespace espalier::test
