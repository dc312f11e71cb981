#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "regularizers/pruning/selection.h"
#include "tests/regularizers/pruning_model.h"

using namespace espalier;
using namespace espalier::test;

namespace {

/// Selection by magnitude over all weights of `parameters`.
struct Selector {
  explicit Selector(Parameters& parameters, PruningScope scope = PruningScope::global,
                    std::int64_t live_floor = 0, PruningGrain grain = PruningGrain::element,
                    const BlockSparsity& block = {})
      : scores(PruningCriterion::magnitude, 0, parameters, RandomKey(0)),
        groups(parameters, grain, block),
        selection(groups, scope, live_floor) {}

  /// How many weights are pruned in all after it.
  std::int64_t prune(double target) {
    threshold = selection.prune(target, scores);
    return groups.pruned_weights();
  }

  PruningScores scores;
  PruningGroups groups;
  PruningSelection selection;
  std::optional<double> threshold;
};

/// One tensor with the given weights.
struct OneTensor {
  explicit OneTensor(std::vector<real> values)
      : tensor(parameters.add("w", ParameterKind::weight, {std::ssize(values)})),
        state(parameters.add_state("moment")),
        selector(parameters) {
    std::ranges::copy(values, tensor.value().data);
    std::ranges::fill(state, real{1});
  }

  Parameters parameters;
  Parameter& tensor;
  AlignedVector<real>& state;
  Selector selector;
};

}  // namespace

TEST_CASE("selection agrees with plain sorting in NumPy over several updates, ties included") {
  std::ifstream file(std::string(ESPALIER_SOURCE_DIR) + "/tests/golden/honest_pruning.json");
  const auto golden = nlohmann::ordered_json::parse(file);
  Parameters parameters;
  for (const auto& [name, size] : golden["sizes"].items()) {
    parameters.add(name, ParameterKind::weight, {size.get<std::int64_t>()});
  }
  Selector selector(parameters, PruningScope::global, golden["floor"]);
  for (const auto& update : golden["updates"]) {
    for (Parameter& tensor : parameters.all()) {
      const auto values = update["weights"][tensor.name()].get<std::vector<double>>();
      for (std::size_t i = 0; i < values.size(); ++i) {
        tensor.value().data[i] = static_cast<real>(values[i]);
      }
    }
    const double target = update["target"];
    INFO("target ", target);
    const std::int64_t result = selector.prune(target);
    std::int64_t pruned = 0;
    for (const Parameter& tensor : parameters.all()) {
      CHECK(pruned_marks(tensor) == update["pruned"][tensor.name()].get<std::string>());
      pruned += pruned_count(tensor);
    }
    CHECK(result == pruned);
  }
}

TEST_CASE("exactly the count asked for goes, whatever the magnitudes") {
  OneTensor equal(std::vector<real>(10, real{0.5}));
  CHECK(equal.selector.prune(0.3) == 3);
  CHECK(pruned_marks(equal.tensor) == "1110000000");  // ties go in order of position
  CHECK(equal.selector.prune(0.7) == 7);
  CHECK(equal.selector.threshold == 0.5);
  CHECK(equal.selector.prune(0.5) == 7);  // nothing comes back
  CHECK_FALSE(equal.selector.threshold.has_value());
  CHECK(equal.selector.prune(1.0) == 10);
}

TEST_CASE("0.29 of 100 weights is 29, though 0.29 * 100 is below 29 in binary") {
  OneTensor many(std::vector<real>(100, real{1}));
  CHECK(many.selector.prune(0.29) == 29);
}

TEST_CASE("the optimizer's state of what is pruned is forgotten, that of the rest isn't") {
  OneTensor weights({0.125, 3, 2});
  weights.selector.prune(0.34);
  CHECK(weights.state[0] == 0);
  CHECK(weights.state[1] == 1);
}

TEST_CASE("a NaN ranks last instead of upsetting the order of the others") {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  OneTensor weights({nan, 3, 1, nan, 2, nan});
  CHECK(weights.selector.prune(0.5) == 3);
  CHECK(pruned_marks(weights.tensor) == "011010");
}

TEST_CASE("masks act by selection: a pruned NaN becomes 0, a live one stays") {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  OneTensor weights({nan, nan});
  weights.tensor.mask()[0] = 0;
  weights.parameters.apply_masks();
  CHECK(weights.tensor.value()[0] == 0);
  CHECK(std::isnan(weights.tensor.value()[1]));
}

TEST_CASE("scope layer takes the same share of each, scope global what is weakest anywhere") {
  const auto count_pruned = [](PruningScope scope) {
    Parameters parameters;
    const Parameter& weak = parameters.add("weak", ParameterKind::weight, {4});
    const Parameter& strong = parameters.add("strong", ParameterKind::weight, {6});
    std::ranges::fill(weak.value().span(), real{0.25});
    std::ranges::fill(strong.value().span(), real{1});
    Selector selector(parameters, scope);
    selector.prune(0.5);
    return std::pair(pruned_count(weak), pruned_count(strong));
  };
  CHECK(count_pruned(PruningScope::layer) == std::pair<std::int64_t, std::int64_t>(2, 3));
  CHECK(count_pruned(PruningScope::global) == std::pair<std::int64_t, std::int64_t>(4, 1));
}

TEST_CASE("n:m holds in every block, and a shorter last block keeps its rounded-up share") {
  for (const BlockSparsity block : {BlockSparsity{2, 4}, BlockSparsity{1, 4}, BlockSparsity{1, 3},
                                    BlockSparsity{5, 7}, BlockSparsity{3, 16}}) {
    PruningModel model;
    Selector selector(model.parameters, PruningScope::global, 1, PruningGrain::n_m, block);
    selector.prune(block.sparsity());
    for (const Parameter& tensor : model.parameters.all()) {
      if (tensor.kind() != ParameterKind::weight) continue;
      INFO(tensor.name(), " with ", block.n, ":", block.m);
      for_each_block(tensor, block.m, [&](std::int64_t live, std::int64_t length) {
        CHECK(live == (length * block.n + block.m - 1) / block.m);
      });
    }
  }
}

TEST_CASE("what can't be reached is said: all layers together, or the layer in question") {
  PruningModel model;
  const auto obstacle = [&model](PruningScope scope, std::int64_t floor, PruningGrain grain,
                                 double target) {
    return Selector(model.parameters, scope, floor, grain, {1, 4}).selection.obstacle(target);
  };
  using enum PruningGrain;
  // 48 + 16 + 24 + 16 + 15 weights; ten of each stay.
  CHECK(obstacle(PruningScope::global, 10, element, 69.0 / 119) == "");
  CHECK(obstacle(PruningScope::global, 10, element, 70.0 / 119) ==
        "all layers together: 70 of 119 can't go while each layer keeps live_floor = 10");
  CHECK(obstacle(PruningScope::layer, 5, element, 0.7) == "");
  CHECK(obstacle(PruningScope::layer, 5, element, 0.75) ==
        "out_proj.weight: 12 of 16 can't go while each layer keeps live_floor = 5");
  CHECK(obstacle(PruningScope::layer, 1, neuron, 1) ==
        "in_proj_weight: 4 of 4 can't go while each layer keeps live_floor = 1");
  CHECK(obstacle(PruningScope::layer, 1, head, 0.5) == "");
  // A row of 4 keeps one weight, so out_proj keeps 4.
  CHECK(obstacle(PruningScope::global, 4, n_m, 0.75) == "");
  CHECK(obstacle(PruningScope::global, 5, n_m, 0.75) ==
        "out_proj.weight: 12 of 16 can't go while each layer keeps live_floor = 5");
}
