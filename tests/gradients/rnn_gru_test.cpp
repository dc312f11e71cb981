// rnn_sequence and gru_sequence against twins composed of basic ops.

#include <cmath>

#include <doctest/doctest.h>

#include "tests/gradients/twins.h"

namespace espalier::test {

namespace {

struct Sizes {
  std::int64_t time, in, hidden, batch;
};

constexpr Sizes sizes[] = {{1, 1, 1, 1}, {1, 3, 4, 2}, {6, 1, 4, 3}, {5, 3, 4, 1}, {7, 5, 3, 9}};

std::vector<Array> inputs_of(const Sizes& size, std::int64_t gates) {
  const std::int64_t rows = gates * size.hidden;
  return {random_array({size.time, size.in, size.batch}, 1, -2, 2),
          random_array({rows, size.in}, 2), random_array({rows, size.hidden}, 3),
          random_array({rows}, 4), random_array({rows}, 5)};
}

Var zeros(Vars v) {
  Tape& tape = v[0].tape();
  const Tensor zeros = tape.arena().allocate(Shape{v[2].shape()[1], v[0].shape()[2]});
  std::ranges::fill(zeros.span(), real{0});
  return tape.constant(zeros);
}

Var rnn_of_basic_ops(Vars v, Var (*nonlinearity)(Var)) {
  Var h = zeros(v);
  std::vector<Var> states;
  for (std::int64_t t = 0; t < v[0].shape()[0]; ++t) {
    h = nonlinearity(
        add(add_bias(matmul(v[1], select(v[0], t)), v[3]), add_bias(matmul(v[2], h), v[4])));
    states.push_back(h);
  }
  return stack(states);
}

/// `reset_after` false applies the reset gate before the product, as some papers do: another GRU.
Var gru_of_basic_ops(Vars v, bool reset_after = true) {
  const std::int64_t hidden = v[2].shape()[1];
  const auto gate = [hidden](Var all, std::int64_t k) {
    return slice(all, k * hidden, (k + 1) * hidden);
  };
  Var h = zeros(v);
  std::vector<Var> states;
  for (std::int64_t t = 0; t < v[0].shape()[0]; ++t) {
    const Var from_x = add_bias(matmul(v[1], select(v[0], t)), v[3]);
    const Var from_h = add_bias(matmul(v[2], h), v[4]);
    const Var r = sigmoid(add(gate(from_x, 0), gate(from_h, 0)));
    const Var z = sigmoid(add(gate(from_x, 1), gate(from_h, 1)));
    const Var after = mul(r, gate(from_h, 2));
    const Var before = add_bias(matmul(gate(v[2], 2), mul(r, h)), gate(v[4], 2));
    const Var n = tanh(add(gate(from_x, 2), reset_after ? after : before));
    h = add(sub(n, mul(z, n)), mul(z, h));
    states.push_back(h);
  }
  return stack(states);
}

Var fused_gru(Vars v) {
  return gru_sequence(v[0], v[1], v[2], v[3], v[4]);
}

Var fused_rnn(Vars v, RnnNonlinearity nonlinearity) {
  return rnn_sequence(v[0], v[1], v[2], v[3], v[4], nonlinearity);
}

}  // namespace

TEST_CASE("rnn_sequence agrees with an RNN of basic ops, tanh and relu") {
  for (const Sizes& size : sizes) {
    CAPTURE(size.time);
    CAPTURE(size.batch);
    CHECK(disagreement(
              inputs_of(size, 1), [](Vars v) { return fused_rnn(v, RnnNonlinearity::tanh); },
              [](Vars v) { return rnn_of_basic_ops(v, tanh); }) == "");
    CHECK(disagreement(
              inputs_of(size, 1), [](Vars v) { return fused_rnn(v, RnnNonlinearity::relu); },
              [](Vars v) { return rnn_of_basic_ops(v, relu); }) == "");
  }
}

TEST_CASE("gru_sequence agrees with a GRU of basic ops") {
  for (const Sizes& size : sizes) {
    CAPTURE(size.time);
    CAPTURE(size.batch);
    CHECK(disagreement(inputs_of(size, 3), fused_gru, [](Vars v) { return gru_of_basic_ops(v); }) ==
          "");
  }
}

TEST_CASE("the comparison sees a GRU whose reset gate acts before the product") {
  CHECK(disagreement(inputs_of({5, 3, 4, 2}, 3), fused_gru,
                     [](Vars v) { return gru_of_basic_ops(v, false); }) != "");
}

TEST_CASE("a GRU computes the same values where nothing is kept for backward") {
  std::vector<Array> inputs = inputs_of({6, 3, 4, 2}, 3);
  const Evaluated kept = evaluate(inputs, fused_gru);
  Tape tape(Tape::Mode::inference);
  std::vector<Var> vars;
  for (Array& input : inputs) vars.push_back(tape.constant(input.tensor()));
  const Tensor h = fused_gru(vars).value();
  // By other kernels for products, which may add in another order.
  REQUIRE(h.span().size() == kept.value.size());
  for (std::size_t i = 0; i < kept.value.size(); ++i) {
    CHECK(std::abs(h.span()[i] - kept.value[i]) <= real(1e-14));
  }
}

}  // namespace espalier::test
