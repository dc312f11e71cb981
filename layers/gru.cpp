#include "layers/gru.h"

#include "core/ops.h"

namespace espalier {

namespace {

/// As gru_sequence says, with (1 − z)·n + z·h written as n + z·(h − n).
RecurrentStates gru_step(Var from_x, Var from_h, const RecurrentStates& previous) {
  const std::int64_t hidden = previous.h.shape()[0];
  const auto gate = [hidden](Var stacked, std::int64_t k) {
    return slice(stacked, k * hidden, (k + 1) * hidden);
  };
  const Var r = named(sigmoid(add(gate(from_x, 0), gate(from_h, 0))), "r");
  const Var z = named(sigmoid(add(gate(from_x, 1), gate(from_h, 1))), "z");
  const Var n = named(tanh(add(gate(from_x, 2), mul(r, gate(from_h, 2)))), "n");
  return {.h = named(add(n, mul(z, sub(previous.h, n))), "h")};
}

}  // namespace

Var Gru::forward(Forward& pass, Var x, std::vector<Var>* states) const {
  return layers_.forward(pass, x, gru_sequence, gru_step, states);
}

}  // namespace espalier
