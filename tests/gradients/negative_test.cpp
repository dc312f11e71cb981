// Backward nodes with a planted mistake: the gradient check must see each of them.

#include <doctest/doctest.h>

#include "tests/gradients/gradient_check.h"

namespace espalier::test {

namespace {

using Vars = std::span<const Var>;

enum class Mistake { none, sign, slightly_off, overwrites, not_a_number };

/// A sigmoid; right with Mistake::none.
template <Mistake mistake>
struct PlantedSigmoid final : Node {
  void backward() override {
    const Tensor dx = inputs[0].grad();
    for (std::int64_t i = 0; i < grad.size(); ++i) {
      const real y = value[i];
      const real share = grad[i] * y * (1 - y);
      if constexpr (mistake == Mistake::none) dx[i] += share;
      if constexpr (mistake == Mistake::sign) dx[i] += grad[i] * y * (1 + y);
      if constexpr (mistake == Mistake::slightly_off) dx[i] += share * (1 + 1e-5);
      if constexpr (mistake == Mistake::overwrites) dx[i] = share;
      if constexpr (mistake == Mistake::not_a_number) dx[i] += i == 3 ? std::nan("") : share;
    }
  }
};

template <Mistake mistake>
Var planted_sigmoid(Vars v) {
  const Var x = v[0];
  auto& node = x.tape().record<PlantedSigmoid<mistake>>("planted", {x}, x.shape());
  for (std::int64_t i = 0; i < x.value().size(); ++i) {
    node.value[i] = 1 / (1 + std::exp(-x.value()[i]));
  }
  return x.tape().last();
}

/// a·b whose backward knows of a only.
struct ForgetsAnInput final : Node {
  void backward() override {
    const Tensor da = inputs[0].grad();
    for (std::int64_t i = 0; i < grad.size(); ++i) da[i] += grad[i] * inputs[1].value()[i];
  }
};

Var forgets_an_input(Vars v) {
  auto& node = v[0].tape().record<ForgetsAnInput>("planted", {v[0], v[1]}, v[0].shape());
  for (std::int64_t i = 0; i < v[0].value().size(); ++i) {
    node.value[i] = v[0].value()[i] * v[1].value()[i];
  }
  return v[0].tape().last();
}

bool starts_with_an_element(const std::string& problem) {
  return problem.starts_with("input ");
}

}  // namespace

TEST_CASE("the gradient check accepts a right backward and sees planted mistakes") {
  const std::vector<Array> x{random_array({3, 4}, 1, -2, 2)};
  CHECK(gradient_problem(x, planted_sigmoid<Mistake::none>) == "");
  CHECK(starts_with_an_element(gradient_problem(x, planted_sigmoid<Mistake::sign>)));
  CHECK(starts_with_an_element(gradient_problem(x, planted_sigmoid<Mistake::slightly_off>)));
  CHECK(starts_with_an_element(gradient_problem(x, planted_sigmoid<Mistake::not_a_number>)));
}

TEST_CASE("a gradient that is overwritten shows when a value is used twice") {
  const auto twice = [](Vars v) {
    return add(planted_sigmoid<Mistake::overwrites>(v), planted_sigmoid<Mistake::overwrites>(v));
  };
  CHECK(starts_with_an_element(gradient_problem({random_array({4}, 2)}, twice)));
}

TEST_CASE("an input that backward forgets is seen") {
  const std::vector<Array> inputs{random_array({4}, 3), random_array({4}, 4)};
  CHECK(gradient_problem(inputs, forgets_an_input).starts_with("input 1["));
}

TEST_CASE("one wrong element among many is seen and named") {
  std::vector<Array> inputs{random_array({6, 5}, 5)};
  const auto compute = [](Vars v) { return tanh(v[0]); };
  std::vector<Differentiated> all{
      {"x", inputs[0].elements, evaluate(inputs, compute).gradients[0]}};
  const auto loss = [&] {
    double total = 0;
    const auto weights = output_weights(inputs[0].tensor());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      total += weights[i] * std::tanh(inputs[0].elements[i]);
    }
    return total;
  };
  CHECK(gradient_problem(all, loss) == "");
  all[0].gradient[17] += 1e-5;
  CHECK(gradient_problem(all, loss).starts_with("x[17]:"));
}

TEST_CASE("a check that compares zeros only fails as vacuous") {
  const auto nothing = [](Vars v) { return scale(v[0], 0); };
  CHECK(gradient_problem({random_array({4}, 6)}, nothing).starts_with("vacuous"));
  const auto dead = [](Vars v) { return relu(v[0]); };
  CHECK(gradient_problem({random_array({4}, 7, -2, -1)}, dead).starts_with("vacuous"));
}

}  // namespace espalier::test
