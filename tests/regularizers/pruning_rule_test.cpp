#include "regularizers/pruning_rule.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace espalier;
using Json = nlohmann::json;

namespace {

std::string marks(const Parameter& tensor) {
  std::string text;
  for (const std::uint8_t live : tensor.mask()) text += live ? '0' : '1';
  return text;
}

/// One tensor with the given weights.
struct OneTensor {
  explicit OneTensor(std::vector<real> values)
      : tensor(parameters.add("w", ParameterKind::weight, {std::ssize(values)})),
        state(parameters.add_state("moment")),
        weights(parameters, {&tensor}) {
    std::ranges::copy(values, tensor.value().data);
    std::ranges::fill(state, real{1});
  }

  Parameters parameters;
  Parameter& tensor;
  AlignedVector<real>& state;
  PrunableWeights weights;
};

}  // namespace

TEST_CASE("the honest rule agrees with plain sorting over several updates, ties included") {
  std::ifstream file(std::string(ESPALIER_SOURCE_DIR) + "/tests/golden/honest_pruning.json");
  const auto golden = nlohmann::ordered_json::parse(file);
  Parameters parameters;
  std::vector<Parameter*> tensors;
  for (const auto& [name, size] : golden["sizes"].items()) {
    tensors.push_back(&parameters.add(name, ParameterKind::weight, {size.get<std::int64_t>()}));
  }
  PrunableWeights weights(parameters, tensors);
  for (const auto& update : golden["updates"]) {
    for (Parameter* tensor : tensors) {
      const auto values = update["weights"][tensor->name()].get<std::vector<double>>();
      for (std::size_t i = 0; i < values.size(); ++i) {
        tensor->value().data[i] = static_cast<real>(values[i]);
      }
    }
    const double target = update["target"];
    INFO("target ", target);
    const MaskUpdate result = weights.prune_smallest(target, golden["floor"]);
    std::int64_t pruned = 0;
    for (Parameter* tensor : tensors) {
      CHECK(marks(*tensor) == update["pruned"][tensor->name()].get<std::string>());
      pruned += std::ranges::count(tensor->mask(), 0);
    }
    CHECK(result.pruned == pruned);
    CHECK(result.prunable == weights.count());
  }
}

TEST_CASE("the honest rule prunes exactly the count asked for, whatever the magnitudes") {
  OneTensor equal(std::vector<real>(10, real{0.5}));
  CHECK(equal.weights.prune_smallest(0.3, 0).pruned == 3);
  CHECK(marks(equal.tensor) == "1110000000");  // ties go in order of position
  CHECK(equal.weights.prune_smallest(0.7, 0).pruned == 7);
  CHECK(equal.weights.prune_smallest(0.5, 0).pruned == 7);  // nothing comes back
  CHECK(equal.weights.prune_smallest(1.0, 0).pruned == 10);
}

TEST_CASE("0.29 of 100 weights is 29, though 0.29 * 100 is below 29 in binary") {
  OneTensor many(std::vector<real>(100, real{1}));
  CHECK(many.weights.prune_smallest(0.29, 0).pruned == 29);
}

TEST_CASE("the honest rule forgets the optimizer's state of what it prunes, the author's doesn't") {
  OneTensor honest({0.125, 3, 2});
  honest.weights.prune_smallest(0.34, 0);
  CHECK(honest.state[0] == 0);
  CHECK(honest.state[1] == 1);
  OneTensor author({0.125, 0.25, 3});
  author.weights.prune_below_threshold(0.67);
  CHECK(marks(author.tensor) == "100");
  CHECK(author.state[0] == 1);
}

TEST_CASE("the author's rule prunes k - 1, fewer with ties, and skips when nothing would be left") {
  OneTensor distinct({4, 1, 3, 2});
  CHECK(distinct.weights.prune_below_threshold(0.75).pruned == 2);  // k = 3
  CHECK(marks(distinct.tensor) == "0101");
  OneTensor ties({1, 1, 1, 2});
  CHECK(ties.weights.prune_below_threshold(0.75).pruned == 0);     // the threshold is 1 itself
  CHECK(distinct.weights.prune_below_threshold(1.2).pruned == 2);  // k = 4 − 2 ≥ live: skipped
}

TEST_CASE("masks act by selection: a pruned NaN becomes 0, a live one stays") {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  OneTensor weights({nan, nan});
  weights.parameters.masks()[0] = 0;
  weights.parameters.apply_masks();
  CHECK(weights.tensor.value()[0] == 0);
  CHECK(std::isnan(weights.tensor.value()[1]));
}
