// Chapter 3: an LSTM layer from basic ops, then as one fused op.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "core/ops.h"
#include "layers/lstm.h"

using namespace espalier;

constexpr std::int64_t steps = 4, in = 2, hidden = 3, batch = 1;

/// What an LSTM hands from one time step to the next, each [hidden, batch].
struct State {
  Var h, c;
};

/// One time step; w: weight_ih, weight_hh, bias_ih, bias_hh.
State cell(Var x, const State& last, const std::vector<Var>& w) {
  const Var gates = add(linear(x, w[0], w[2]), linear(last.h, w[1], w[3]));
  const Var i = sigmoid(slice(gates, 0, hidden));               // how much to write
  const Var f = sigmoid(slice(gates, hidden, 2 * hidden));      // how much to keep
  const Var g = tanh(slice(gates, 2 * hidden, 3 * hidden));     // what to write
  const Var o = sigmoid(slice(gates, 3 * hidden, 4 * hidden));  // how much to show
  const Var c = add(mul(f, last.c), mul(i, g));
  return {.h = mul(o, tanh(c)), .c = c};
}

/// x [steps, in, batch] → h of every step, [steps, hidden, batch].
Var from_basic_ops(Var x, const std::vector<Var>& w) {
  const Tensor zeros = x.tape().arena().allocate(Shape{hidden, batch});
  std::ranges::fill(zeros.span(), real{0});
  State state{.h = x.tape().constant(zeros), .c = x.tape().constant(zeros)};
  std::vector<Var> h_of_step;
  for (std::int64_t t = 0; t < steps; ++t) {
    state = cell(select(x, t), state, w);
    h_of_step.push_back(state.h);
  }
  return stack(h_of_step);
}

Var fused(Var x, const std::vector<Var>& w) {
  return lstm_sequence(x, w[0], w[1], w[2], w[3]);
}

/// Runs a layer forward and, from the sum of h², backward: h of every step, then every gradient.
std::vector<real> run(Var (*layer)(Var, const std::vector<Var>&), Parameters& parameters) {
  real xs[steps * in * batch] = {1, 0, -1, 2, 0, -2, 1, 1};
  Tape tape;
  std::vector<Var> w;
  for (const Parameter& parameter : parameters.all()) w.push_back(tape.parameter(parameter));
  const Var h = layer(tape.constant({xs, {steps, in, batch}}), w);
  parameters.zero_grad();
  tape.backward(sum(mul(h, h)));
  std::printf("%5zu ", tape.nodes().size());
  for (std::int64_t t = 0; t < steps; ++t) {
    std::printf("  %7.4f", static_cast<double>(h.value().slice(t)[0]));
  }
  std::printf("  %18.4f\n", static_cast<double>(w[0].grad()[0]));
  std::vector<real> numbers(h.value().span().begin(), h.value().span().end());
  numbers.insert(numbers.end(), parameters.grads().begin(), parameters.grads().end());
  return numbers;
}

int main() {
  Parameters parameters;
  Lstm lstm(parameters, "lstm", in, hidden, /*layers=*/1);  // makes the four parameters of w
  lstm.initialise(RandomKey(1));
  std::puts("nodes  the first unit's h at steps 1 to 4  d loss/d weight_ih[0]");
  const std::vector<real> basic = run(from_basic_ops, parameters);
  const std::vector<real> one = run(fused, parameters);
  double worst = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(one[i] - basic[i])));
  }
  std::printf("all numbers agree to 1e-6: %s\n", worst < 1e-6 ? "yes" : "no");
}
