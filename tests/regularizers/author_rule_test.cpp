#include "regularizers/pruning/author_rule.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "tests/regularizers/pruning_model.h"

using namespace espalier;
using espalier::test::pruned_marks;

namespace {

/// One tensor with the given weights.
struct OneTensor {
  explicit OneTensor(std::vector<real> values)
      : tensor(parameters.add("w", ParameterKind::weight, {std::ssize(values)})),
        state(parameters.add_state("moment")),
        rule(parameters, {&tensor}) {
    std::ranges::copy(values, tensor.value().data);
    std::ranges::fill(state, real{1});
  }

  Parameters parameters;
  Parameter& tensor;
  AlignedVector<real>& state;
  BelowThresholdRule rule;
};

}  // namespace

TEST_CASE("author: k - 1 weights go, fewer with ties, none when nothing would be left") {
  OneTensor distinct({4, 1, 3, 2});
  CHECK(distinct.rule.prune(0.75).pruned == 2);  // k = 3
  CHECK(pruned_marks(distinct.tensor) == "0101");
  OneTensor ties({1, 1, 1, 2});
  CHECK(ties.rule.prune(0.75).pruned == 0);     // the threshold is 1 itself
  CHECK(distinct.rule.prune(1.2).pruned == 2);  // k = 4 − 2 ≥ live: skipped
}

TEST_CASE("author: the optimizer's state of what is pruned stays") {
  OneTensor weights({0.125, 0.25, 3});
  weights.rule.prune(0.67);
  CHECK(pruned_marks(weights.tensor) == "100");
  CHECK(weights.state[0] == 1);
}

TEST_CASE("author: the ramp of the paper, which the last epoch leaves short of its maximum") {
  const AuthorPruning::Options options{
      .min_sparsity = 0.3, .max_sparsity = 0.7, .warmup_epochs = 2};
  const auto target = [&options](std::int64_t epoch) {
    return AuthorPruning::target(options, {.epoch = epoch, .epochs = 20});
  };
  CHECK(target(1) == 0);
  CHECK(target(2) == doctest::Approx(0.3));
  CHECK(target(11) == doctest::Approx(0.35));                    // 0.3 + 0.4·(9/18)³
  CHECK(target(19) == doctest::Approx(0.636968).epsilon(1e-6));  // 0.3 + 0.4·(17/18)³
}
