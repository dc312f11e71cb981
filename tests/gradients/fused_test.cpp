// Fused ops against twins composed of basic ops.

#include <cmath>

#include <doctest/doctest.h>

#include "tests/gradients/twins.h"

namespace espalier::test {

namespace {

Var linear_of_basic_ops(Vars v) {
  const Var x = v[0];
  if (x.shape().rank() == 2) return add_bias(matmul(v[1], x), v[2]);
  std::vector<Var> steps;
  for (std::int64_t t = 0; t < x.shape()[0]; ++t) {
    steps.push_back(add_bias(matmul(v[1], select(x, t)), v[2]));
  }
  return stack(steps);
}

/// One layer; v holds x, weight_ih, weight_hh, bias_ih, bias_hh. `forget_gate` false drops it: a
/// wrong twin.
Var lstm_of_basic_ops(Vars v, bool forget_gate = true) {
  const Var x = v[0];
  const std::int64_t hidden = v[2].shape()[1];
  Tape& tape = x.tape();
  const Tensor zeros = tape.arena().allocate(Shape{hidden, x.shape()[2]});
  std::ranges::fill(zeros.span(), real{0});
  Var h = tape.constant(zeros);
  Var c = tape.constant(zeros);
  std::vector<Var> states;
  for (std::int64_t t = 0; t < x.shape()[0]; ++t) {
    const Var gates =
        add(add_bias(matmul(v[1], select(x, t)), v[3]), add_bias(matmul(v[2], h), v[4]));
    const Var i = sigmoid(slice(gates, 0, hidden));
    const Var f = sigmoid(slice(gates, hidden, 2 * hidden));
    const Var g = tanh(slice(gates, 2 * hidden, 3 * hidden));
    const Var o = sigmoid(slice(gates, 3 * hidden, 4 * hidden));
    c = add(forget_gate ? mul(f, c) : c, mul(i, g));
    h = mul(o, tanh(c));
    states.push_back(h);
  }
  return stack(states);
}

struct LstmSizes {
  std::int64_t time, in, hidden, batch;
};

std::vector<Array> lstm_inputs(const LstmSizes& size) {
  return {random_array({size.time, size.in, size.batch}, 1, -2, 2),
          random_array({4 * size.hidden, size.in}, 2),
          random_array({4 * size.hidden, size.hidden}, 3), random_array({4 * size.hidden}, 4),
          random_array({4 * size.hidden}, 5)};
}

Var fused_lstm(Vars v) {
  return lstm_sequence(v[0], v[1], v[2], v[3], v[4]);
}

}  // namespace

TEST_CASE("linear agrees with matmul and add_bias") {
  const auto fused = [](Vars v) { return linear(v[0], v[1], v[2]); };
  for (const Shape& x : {Shape{3, 4}, Shape{1, 1}, Shape{7, 1}, Shape{5, 3, 4}, Shape{1, 3, 2}}) {
    CAPTURE(x.text());
    const std::int64_t in = x[x.rank() - 2];
    for (const std::int64_t out : {1, 2, 9}) {
      const std::vector<Array> inputs{random_array(x, 1), random_array({out, in}, 2),
                                      random_array({out}, 3)};
      CHECK(disagreement(inputs, fused, linear_of_basic_ops) == "");
    }
  }
}

TEST_CASE("lstm_sequence agrees with an LSTM of basic ops") {
  for (const LstmSizes& size :
       {LstmSizes{1, 1, 1, 1}, LstmSizes{1, 3, 4, 2}, LstmSizes{6, 1, 4, 3}, LstmSizes{5, 3, 4, 1},
        LstmSizes{7, 5, 3, 9}, LstmSizes{3, 2, 17, 5}, LstmSizes{30, 4, 2, 2}}) {
    CAPTURE(size.time);
    CAPTURE(size.in);
    CAPTURE(size.hidden);
    CAPTURE(size.batch);
    const auto twin = [](Vars v) { return lstm_of_basic_ops(v); };
    CHECK(disagreement(lstm_inputs(size), fused_lstm, twin) == "");
  }
}

TEST_CASE("two stacked lstm_sequence agree with two LSTMs of basic ops") {
  std::vector<Array> inputs = lstm_inputs({5, 3, 4, 2});
  for (Array& array : lstm_inputs({5, 4, 6, 2})) inputs.push_back(std::move(array));
  inputs.erase(inputs.begin() + 5);  // the second layer's x is the first one's output
  const auto stacked = [](const Computation& layer, Vars v) {
    const Var below = layer(v.first(5));
    const std::vector<Var> above{below, v[5], v[6], v[7], v[8]};
    return layer(above);
  };
  CHECK(disagreement(
            inputs, [&](Vars v) { return stacked(fused_lstm, v); },
            [&](Vars v) {
              return stacked([](Vars part) { return lstm_of_basic_ops(part); }, v);
            }) == "");
}

TEST_CASE("the comparison of twins sees an LSTM without its forget gate") {
  const auto wrong = [](Vars v) { return lstm_of_basic_ops(v, false); };
  CHECK(disagreement(lstm_inputs({5, 3, 4, 2}), fused_lstm, wrong) != "");
}

TEST_CASE("lstm_sequence computes the same values where nothing is kept for backward") {
  std::vector<Array> inputs = lstm_inputs({6, 3, 4, 2});
  const Evaluated kept = evaluate(inputs, fused_lstm);
  Tape tape(Tape::Mode::inference);
  std::vector<Var> vars;
  for (Array& input : inputs) vars.push_back(tape.constant(input.tensor()));
  const Tensor h = fused_lstm(vars).value();
  // By other kernels for products, which may add in another order.
  REQUIRE(h.span().size() == kept.value.size());
  for (std::size_t i = 0; i < kept.value.size(); ++i) {
    CHECK(std::abs(h.span()[i] - kept.value[i]) <= real(1e-14));
  }
}

}  // namespace espalier::test
