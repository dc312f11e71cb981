// weight_decay, l1 and max_norm against values worked out by hand.
#include <vector>

#include <doctest/doctest.h>

#include "regularizers/l1.h"
#include "regularizers/max_norm.h"
#include "regularizers/weight_decay.h"

using namespace espalier;

namespace {

/// A weight matrix [2, 2] and a bias [2].
struct Network {
  Network() {
    set(weight.value(), {3, 4, -1, 0});
    set(bias.value(), {6, 8});
  }

  static void set(const Tensor& tensor, const std::vector<real>& values) {
    std::ranges::copy(values, tensor.data);
  }

  Parameters parameters;
  Parameter& weight = parameters.add("w", ParameterKind::weight, {2, 2});
  Parameter& bias = parameters.add("b", ParameterKind::bias, {2});
};

void check_values(const Tensor& found, const std::vector<double>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(found.data[i] == doctest::Approx(expected[i]).epsilon(1e-6));
  }
}

}  // namespace

TEST_CASE("weight_decay shrinks weight matrices and leaves biases alone") {
  Network network;
  WeightDecay(0.25).after_step(network.parameters, {});
  check_values(network.weight.value(), {2.25, 3, -0.75, 0});
  check_values(network.bias.value(), {6, 8});
}

TEST_CASE("l1 adds strength times the sign to gradients of weight matrices") {
  Network network;
  Network::set(network.weight.grad(), {1, 1, 1, 1});
  L1(0.5).before_step(network.parameters, {});
  check_values(network.weight.grad(), {1.5, 1.5, 0.5, 1});
  check_values(network.bias.grad(), {0, 0});
}

TEST_CASE("max_norm scales back the rows that exceed it, and only those") {
  Network network;
  MaxNorm(2.5).after_step(network.parameters, {});
  check_values(network.weight.value(), {1.5, 2, -1, 0});  // the first row's norm was 5
  check_values(network.bias.value(), {6, 8});
}
