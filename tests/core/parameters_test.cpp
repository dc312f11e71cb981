#include "core/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/errors.h"

namespace espalier::test {

namespace {

constexpr std::size_t line = 64 / sizeof(real);

std::vector<real> list(std::span<const real> values) {
  return {values.begin(), values.end()};
}

/// Nine weights, then two biases; values 1, 2, 3, …
struct Small {
  Parameters parameters;
  Parameter& weight = parameters.add("fc.weight", ParameterKind::weight, {3, 3});
  Parameter& bias = parameters.add("fc.bias", ParameterKind::bias, {2});

  Small() {
    real next = 1;
    for (const Parameter& parameter : parameters.all()) {
      for (real& value : parameter.value().span()) value = next++;
    }
  }
};

}  // namespace

TEST_CASE("parameters are named windows on slabs, each from a cache line on") {
  Parameters parameters;
  const Parameter& first = parameters.add("a", ParameterKind::weight, {3, 7});
  const Parameter& second = parameters.add("b", ParameterKind::bias, {5});
  const Parameter& third = parameters.add("c", ParameterKind::norm, {16});
  CHECK(first.offset() == 0);
  CHECK(second.offset() == (21 + line - 1) / line * line);
  CHECK(third.offset() == second.offset() + line);
  for (const Parameter& parameter : parameters.all()) {
    CHECK(reinterpret_cast<std::uintptr_t>(parameter.value().data) % 64 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(parameter.grad().data) % 64 == 0);
  }
  CHECK(first.name() == "a");
  CHECK(first.kind() == ParameterKind::weight);
  CHECK(first.shape() == Shape{3, 7});
  CHECK(first.size() == 21);
  CHECK(parameters.count() == 42);
  CHECK(parameters.values().size() == third.offset() + 16);
  second.value()[4] = 8;
  CHECK(parameters.values()[second.offset() + 4] == 8);
}

TEST_CASE("a new parameter is zero, without gradient, and all live") {
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {5});
  CHECK(list(w.value().span()) == std::vector<real>(5));
  CHECK(list(w.grad().span()) == std::vector<real>(5));
  CHECK(std::ranges::count(w.mask(), 1) == 5);
}

TEST_CASE("references stay valid while parameters are added") {
  Parameters parameters;
  const Parameter& first = parameters.add("p", ParameterKind::weight, {4});
  first.value()[3] = 7;
  for (int i = 0; i < 200; ++i) {
    parameters.add(std::to_string(i), ParameterKind::weight, {100});
  }
  CHECK(first.name() == "p");
  CHECK(first.value()[3] == 7);
  CHECK(parameters.find("p") == &first);
}

TEST_CASE("parameters are found by name, and no name is given twice") {
  Small small;
  CHECK(small.parameters.find("fc.bias") == &small.bias);
  CHECK(small.parameters.find("fc.bia") == nullptr);
  CHECK(wrong_error([&] { small.parameters.add("fc.bias", ParameterKind::bias, {2}); },
                    {"\"fc.bias\"", "already"}) == "");
}

TEST_CASE("states lie beside the values and grow with them") {
  Small small;
  AlignedVector<real>& momentum = small.parameters.add_state("momentum");
  CHECK(momentum.size() == small.parameters.values().size());
  CHECK(std::ranges::count(momentum, real{0}) == std::ssize(momentum));
  small.parameters.add("late", ParameterKind::weight, {50});
  CHECK(momentum.size() == small.parameters.values().size());
  CHECK(wrong_error([&] { small.parameters.add_state("momentum"); }, {"\"momentum\"", "already"}) ==
        "");
}

TEST_CASE("zero_grad clears every gradient") {
  Small small;
  std::ranges::fill(small.parameters.grads(), real{3});
  small.parameters.zero_grad();
  CHECK(std::ranges::count(small.parameters.grads(), real{0}) ==
        std::ssize(small.parameters.grads()));
}

TEST_CASE("pruning a weight zeroes it, and its optimizer state if asked") {
  Small small;
  AlignedVector<real>& momentum = small.parameters.add_state("momentum");
  std::ranges::fill(momentum, real{5});
  small.parameters.prune(small.weight.offset() + 2, /*forget_state=*/true);
  small.parameters.prune(small.weight.offset() + 4, /*forget_state=*/false);
  CHECK(list(small.weight.value().span()) == std::vector<real>{1, 2, 0, 4, 0, 6, 7, 8, 9});
  CHECK(small.weight.mask()[2] == 0);
  CHECK(small.weight.mask()[4] == 0);
  CHECK(std::ranges::count(small.weight.mask(), 0) == 2);
  CHECK(momentum[2] == 0);
  CHECK(momentum[4] == 5);
  CHECK(momentum[3] == 5);
}

TEST_CASE("apply_masks holds pruned weights at zero and touches no other, NaN or not") {
  Small small;
  const real nan = std::numeric_limits<real>::quiet_NaN();
  small.parameters.prune(small.weight.offset(), false);
  small.parameters.prune(small.weight.offset() + 1, false);
  small.weight.value()[0] = 9;
  small.weight.value()[1] = nan;
  small.bias.value()[0] = nan;
  small.parameters.apply_masks();
  CHECK(list(small.weight.value().span()) == std::vector<real>{0, 0, 3, 4, 5, 6, 7, 8, 9});
  CHECK(std::isnan(small.bias.value()[0]));
  CHECK(small.bias.value()[1] == 11);
}

TEST_CASE("mask_grads zeroes gradients of pruned weights only") {
  Small small;
  std::ranges::fill(small.parameters.grads(), real{2});
  small.weight.grad()[1] = std::numeric_limits<real>::quiet_NaN();
  small.parameters.prune(small.weight.offset() + 1, false);
  small.parameters.mask_grads();
  CHECK(list(small.weight.grad().span()) == std::vector<real>{2, 0, 2, 2, 2, 2, 2, 2, 2});
  CHECK(list(small.bias.grad().span()) == std::vector<real>{2, 2});
}

}  // namespace espalier::test
