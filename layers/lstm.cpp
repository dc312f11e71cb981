#include "layers/lstm.h"

#include "core/ops.h"

namespace espalier {

namespace {

/// As lstm_sequence says.
RecurrentStates lstm_step(Var from_x, Var from_h, const RecurrentStates& previous) {
  const std::int64_t hidden = previous.h.shape()[0];
  const Var gates = add(from_x, from_h);
  const Var i = named(sigmoid(slice(gates, 0, hidden)), "i");
  const Var f = named(sigmoid(slice(gates, hidden, 2 * hidden)), "f");
  const Var g = named(tanh(slice(gates, 2 * hidden, 3 * hidden)), "g");
  const Var o = named(sigmoid(slice(gates, 3 * hidden, 4 * hidden)), "o");
  const Var c = named(add(mul(f, *previous.c), mul(i, g)), "c");
  return {.h = named(mul(o, tanh(c)), "h"), .c = c};
}

}  // namespace

Var Lstm::forward(Forward& pass, Var x, std::vector<Var>* states) const {
  return layers_.forward(pass, x, lstm_sequence, lstm_step, states);
}

}  // namespace espalier
