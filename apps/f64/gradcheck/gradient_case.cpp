#include "apps/f64/gradcheck/gradient_case.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/random.h"

namespace espalier {

namespace {

/// loss = Σ weightᵢ·yᵢ;  dy += dloss·weight. No op's node, so that breaking an op leaves it whole.
struct Probe final : Node {
  const real* weights = nullptr;

  void backward() override {
    const Tensor dy = inputs[0].grad();
    for (std::int64_t i = 0, n = dy.size(); i < n; ++i) dy[i] += grad[0] * weights[i];
  }
};

Var probe(Var y) {
  const Tensor weights = y.tape().arena().allocate(y.shape());
  fill_uniform(RandomKey(0).derive("probe"), 0.5, 1.5, weights.span());
  Probe& node = y.tape().record<Probe>("probe", {y}, {1});
  node.weights = weights.data;
  node.value[0] = 0;
  for (std::int64_t i = 0, n = weights.size(); i < n; ++i) {
    node.value[0] += weights[i] * y.value()[i];
  }
  return y.tape().last();
}

struct Pass {
  std::vector<Var> inputs;
  Var loss;
};

Pass forward(GradientCase& one, Tape& tape) {
  Pass pass;
  for (CaseInput& input : one.inputs) {
    pass.inputs.push_back(tape.variable({input.elements.data(), input.shape}));
  }
  pass.loss = probe(one.compute(tape, pass.inputs));
  return pass;
}

/// All numbers, without gradients.
std::vector<Differentiated> numbers_of(GradientCase& one) {
  std::vector<Differentiated> all;
  for (CaseInput& input : one.inputs) all.push_back({input.name, input.elements, {}});
  if (one.parameters == nullptr) return all;
  for (const Parameter& parameter : one.parameters->all()) {
    all.push_back({parameter.name(), parameter.value().span(), {}});
  }
  return all;
}

}  // namespace

std::vector<Differentiated> differentiate(GradientCase& one, TapeObserver* observer) {
  Tape tape;
  tape.watch(observer);
  if (one.parameters != nullptr) one.parameters->zero_grad();
  const Pass pass = forward(one, tape);
  tape.backward(pass.loss);
  std::vector<Differentiated> all = numbers_of(one);
  for (std::size_t k = 0; k < all.size(); ++k) {
    const std::size_t inputs = pass.inputs.size();
    const Tensor gradient =
        k < inputs ? pass.inputs[k].grad() : one.parameters->all()[k - inputs].grad();
    all[k].gradient.assign(gradient.span().begin(), gradient.span().end());
  }
  return all;
}

std::vector<double> case_differences(GradientCase& one) {
  Tape tape(Tape::Mode::inference);
  const std::vector<Differentiated> numbers = numbers_of(one);
  return differences(numbers, [&] {
    tape.reset();
    return forward(one, tape).loss.value()[0];
  });
}

std::vector<GradientCase> all_cases() {
  std::vector<GradientCase> all;
  for (auto* part : {basic_op_cases, fused_op_cases, layer_cases, model_cases}) {
    std::ranges::move(part(), std::back_inserter(all));
  }
  return all;
}

}  // namespace espalier
