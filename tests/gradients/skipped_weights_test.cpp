// Layers that skip pruned weights against the same layers computing with their zeros, and products
// by kernels of our own against OpenBLAS.

#include <array>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/ops.h"
#include "core/parameters.h"
#include "tests/gradients/twins.h"

namespace espalier::test {

namespace {

struct Sizes {
  std::int64_t time, in, hidden, batch;

  std::string text() const {
    std::string all;
    for (const std::int64_t size : {time, in, hidden, batch}) all += std::to_string(size) + " ";
    return all;
  }
};

// Without weight_hh for linear. The last is too large for our own dense kernels (see
// WeightExtent), whatever the number of gates.
constexpr Sizes all_sizes[] = {
    {1, 1, 1, 1}, {4, 3, 5, 2}, {3, 8, 16, 64}, {2, 40, 17, 130}, {3, 182, 182, 131}};

struct LayerKind {
  std::string name;
  std::int64_t gates;
  std::function<Var(Var x, const std::vector<Var>& parameters)> compute;
};

Var rnn(Var x, const std::vector<Var>& p, RnnNonlinearity nonlinearity) {
  return rnn_sequence(x, p[0], p[1], p[2], p[3], nonlinearity);
}

const std::vector<LayerKind>& layer_kinds() {
  using Vector = const std::vector<Var>&;
  static const std::vector<LayerKind> kinds{
      {"linear", 1, [](Var x, Vector p) { return linear(x, p[0], p[2]); }},
      {"rnn", 1, [](Var x, Vector p) { return rnn(x, p, RnnNonlinearity::tanh); }},
      {"rnn relu", 1, [](Var x, Vector p) { return rnn(x, p, RnnNonlinearity::relu); }},
      {"gru", 3, [](Var x, Vector p) { return gru_sequence(x, p[0], p[1], p[2], p[3]); }},
      {"lstm", 4, [](Var x, Vector p) { return lstm_sequence(x, p[0], p[1], p[2], p[3]); }}};
  return kinds;
}

/// weight_ih, weight_hh, bias_ih, bias_hh; of the weights a share is pruned.
struct Layer {
  Parameters parameters;

  Layer(const LayerKind& kind, const Sizes& size, double dead) {
    const std::int64_t rows = kind.gates * size.hidden;
    parameters.add("weight_ih", ParameterKind::weight, {rows, size.in});
    parameters.add("weight_hh", ParameterKind::weight, {rows, size.hidden});
    parameters.add("bias_ih", ParameterKind::bias, {rows});
    parameters.add("bias_hh", ParameterKind::bias, {rows});
    // So small that states and gradients keep their size from step to step.
    const double range = 1 / std::sqrt(static_cast<double>(size.hidden));
    std::uint64_t seed = 10;
    for (const Parameter& parameter : parameters.all()) {
      fill_uniform(RandomKey(seed++), -range, range, parameter.value().span());
      if (parameter.kind() != ParameterKind::weight) continue;
      const auto columns = static_cast<std::size_t>(parameter.shape()[1]);
      const std::vector<real> draws = random_array(parameter.shape(), seed++, 0, 1).elements;
      for (std::size_t i = 0; i < draws.size(); ++i) {
        // The second row has nothing left.
        const bool gone = draws[i] < dead || i / columns == 1;
        if (gone) parameters.prune(parameter.offset() + i, /*forget_state=*/true);
      }
    }
    parameters.masks_changed();
  }
};

struct Gradients {
  std::vector<real> value, x;
  std::vector<std::vector<real>> parameters;
};

Gradients evaluate(const LayerKind& kind, const Sizes& size, Layer& layer, bool pruned_gradients) {
  Array x = random_array({size.time, size.in, size.batch}, 1);
  layer.parameters.zero_grad();
  Tape tape;
  std::vector<Var> vars;
  for (const Parameter& parameter : layer.parameters.all()) {
    vars.push_back(tape.parameter(parameter, pruned_gradients));
  }
  const Var input = tape.variable(x.tensor());
  const Var y = kind.compute(input, vars);
  Array weights{y.shape(), output_weights(y.value())};
  tape.backward(sum(mul(y, tape.constant(weights.tensor()))));
  const auto copy = [](const Tensor& tensor) {
    return std::vector<real>(tensor.span().begin(), tensor.span().end());
  };
  Gradients result{copy(y.value()), copy(input.grad()), {}};
  for (const Parameter& parameter : layer.parameters.all()) {
    result.parameters.push_back(copy(parameter.grad()));
  }
  return result;
}

/// Empty if both have the same values and the same gradients of x and of all weights; with
/// `only_live`, gradients of pruned weights must be exactly 0 in `found` instead.
std::string disagreement(const Layer& layer, const Gradients& found, const Gradients& expected,
                         bool only_live) {
  std::string problem = difference(found.value, expected.value, twin_tolerance);
  if (!problem.empty()) return "value, " + problem;
  problem = difference(found.x, expected.x, twin_tolerance);
  if (!problem.empty()) return "gradient of x, " + problem;
  for (std::size_t k = 0; k < expected.parameters.size(); ++k) {
    const Parameter& parameter = layer.parameters.all()[k];
    std::vector<real> wanted = expected.parameters[k];
    for (std::size_t i = 0; only_live && i < wanted.size(); ++i) {
      if (parameter.mask()[i] != 0) continue;
      wanted[i] = 0;
      if (found.parameters[k][i] != 0) return parameter.name() + ": a pruned weight has a gradient";
    }
    problem = difference(found.parameters[k], wanted, twin_tolerance);
    if (!problem.empty()) return "gradient of " + parameter.name() + ", " + problem;
  }
  return "";
}

/// How many pruned weights have a gradient.
std::size_t pruned_with_gradient(const Layer& layer, const Gradients& gradients) {
  std::size_t count = 0;
  for (std::size_t k = 0; k < gradients.parameters.size(); ++k) {
    for (std::size_t i = 0; i < gradients.parameters[k].size(); ++i) {
      count += layer.parameters.all()[k].mask()[i] == 0 && gradients.parameters[k][i] != 0;
    }
  }
  return count;
}

}  // namespace

TEST_CASE("skipping pruned weights changes no value, and no gradient but theirs") {
  for (const LayerKind& kind : layer_kinds()) {
    for (const Sizes& size : all_sizes) {
      for (const double dead : {0.3, 0.9, 1.0}) {
        INFO(kind.name, ", sizes ", size.text(), ", ", dead, " dead");
        Layer layer(kind, size, dead);
        const Gradients dense = evaluate(kind, size, layer, false);
        layer.parameters.skip_pruned_from(0);
        const Gradients skipped = evaluate(kind, size, layer, false);
        CHECK(disagreement(layer, skipped, dense, /*only_live=*/true) == "");
        const Gradients whole = evaluate(kind, size, layer, true);
        CHECK(disagreement(layer, whole, dense, /*only_live=*/false) == "");
        if (size.hidden > 1) {
          // Not for want of anything to skip.
          CHECK(layer.parameters.find("weight_ih")->live() != nullptr);
          CHECK(layer.parameters.find("weight_hh")->live() != nullptr);
          CHECK(pruned_with_gradient(layer, dense) > 0);
        }
      }
    }
  }
}

TEST_CASE("stale masks are not skipped through: a weight grown again counts at once") {
  const LayerKind& kind = layer_kinds().back();
  const Sizes& size = all_sizes[1];
  Layer layer(kind, size, 0.5);
  layer.parameters.skip_pruned_from(0);
  const Gradients before = evaluate(kind, size, layer, false);
  const auto mask = layer.parameters.all()[0].mask();
  const std::size_t index =
      static_cast<std::size_t>(std::ranges::find(mask, std::uint8_t{0}) - mask.begin());
  REQUIRE(index < mask.size());
  layer.parameters.regrow(index);
  layer.parameters.values()[index] = 0.5;
  const Gradients stale = evaluate(kind, size, layer, false);
  CHECK(disagreement(layer, before, stale, false).starts_with("value"));
  layer.parameters.masks_changed();
  const Gradients fresh = evaluate(kind, size, layer, false);
  CHECK(disagreement(layer, fresh, stale, /*only_live=*/true) == "");
}

TEST_CASE("linear agrees with matmul where it takes kernels of our own and where it doesn't") {
  const auto with_kernels = [](Vars v) { return linear(v[0], v[1], v[2]); };
  const auto with_blas = [](Vars v) { return add_bias(matmul(v[1], v[0]), v[2]); };
  for (const auto& [out, in, batch] : {std::array<std::int64_t, 3>{64, 64, 200},
                                       {256, 64, 129},
                                       {17, 300, 130},
                                       {128, 256, 65},
                                       {129, 256, 65},
                                       {700, 50, 1}}) {
    INFO(out, " × ", in, ", batch ", batch);
    const std::vector<Array> inputs{random_array({in, batch}, 1), random_array({out, in}, 2),
                                    random_array({out}, 3)};
    CHECK(disagreement(inputs, with_kernels, with_blas) == "");
  }
}

TEST_CASE("the comparison notices a gradient that is missing and one that is too many") {
  const LayerKind& kind = layer_kinds().back();
  const Sizes& size = all_sizes[1];
  Layer layer(kind, size, 0.5);
  const Gradients dense = evaluate(kind, size, layer, false);
  CHECK(disagreement(layer, dense, dense, /*only_live=*/false) == "");
  CHECK(disagreement(layer, dense, dense, /*only_live=*/true) ==
        "weight_ih: a pruned weight has a gradient");
  layer.parameters.skip_pruned_from(0);
  const Gradients skipped = evaluate(kind, size, layer, false);
  CHECK(disagreement(layer, skipped, dense, false).starts_with("gradient of weight_ih"));
}

}  // namespace espalier::test
