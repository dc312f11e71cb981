#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "regularizers/pruning/criterion.h"
#include "tests/regularizers/pruning_model.h"

using namespace espalier;

namespace {

/// Two weights, whose scores are learned from the steps given.
struct TwoWeights {
  TwoWeights(PruningCriterion criterion, double averaging = 0)
      : tensor(parameters.add("w", ParameterKind::weight, {2})),
        scores(criterion, averaging, parameters, RandomKey(4)) {}

  void step(real w0, real g0, real w1, real g1) {
    tensor.value()[0] = w0;
    tensor.value()[1] = w1;
    tensor.grad()[0] = g0;
    tensor.grad()[1] = g1;
    scores.observe();
  }

  Parameters parameters;
  Parameter& tensor;
  PruningScores scores;
};

}  // namespace

TEST_CASE("magnitude: that of the moment, gradients or not") {
  TwoWeights two(PruningCriterion::magnitude);
  two.step(-3, 100, 2, 0);
  CHECK(two.scores.score(0) == 3);
  CHECK(two.scores.score(1) == 2);
  two.tensor.value()[0] = 0.5;
  CHECK(two.scores.score(0) == 0.5);
}

TEST_CASE("gradient: running average of |g w|") {
  TwoWeights two(PruningCriterion::gradient, 0.75);
  two.step(2, -4, 1, 1);  // |g w| = 8 and 1
  CHECK(two.scores.score(0) == 2);
  CHECK(two.scores.score(1) == 0.25);
  two.step(-1, 2, 3, 4);                 // 2 and 12
  CHECK(two.scores.score(0) == 2);       // 0.75·2 + 0.25·2
  CHECK(two.scores.score(1) == 3.1875);  // 0.75·0.25 + 0.25·12
  TwoWeights latest(PruningCriterion::gradient, 0);
  latest.step(2, -4, 1, 1);
  latest.step(-1, 2, 3, 4);
  CHECK(latest.scores.score(0) == 2);
  CHECK(latest.scores.score(1) == 12);
}

TEST_CASE("movement: weights that descent moves away from 0 score above those it moves to 0") {
  TwoWeights two(PruningCriterion::movement);
  // Both are 1 large. Descent (w − lr·g) takes the first to 1.5 and the second to 0.5.
  two.step(1, -0.5, 1, 0.5);
  CHECK(two.scores.score(0) == 0.5);
  CHECK(two.scores.score(1) == -0.5);
  // The same on the other side of 0, and it adds up.
  two.step(-1, 0.25, -1, -0.25);
  CHECK(two.scores.score(0) == 0.75);
  CHECK(two.scores.score(1) == -0.75);
}

TEST_CASE("movement agrees with the learning rate's share of w^2 gained under plain descent") {
  // d(w²)/dt = 2·w·dw/dt = −2·lr·g·w, so the sum of −g·w is the growth of w²/2 per learning rate.
  TwoWeights two(PruningCriterion::movement);
  const double rate = 1e-4;
  double w0 = 0.8, w1 = -0.6;
  const double start0 = w0 * w0, start1 = w1 * w1;
  for (int step = 0; step < 100; ++step) {
    const double g0 = w0 - 2, g1 = w1 - 0.1;  // pulled to 2 and to 0.1
    two.step(static_cast<real>(w0), static_cast<real>(g0), static_cast<real>(w1),
             static_cast<real>(g1));
    w0 -= rate * g0;
    w1 -= rate * g1;
  }
  CHECK(two.scores.score(0) == doctest::Approx((w0 * w0 - start0) / 2 / rate).epsilon(1e-3));
  CHECK(two.scores.score(1) == doctest::Approx((w1 * w1 - start1) / 2 / rate).epsilon(1e-3));
  CHECK(two.scores.score(0) > 0);
  CHECK(two.scores.score(1) < 0);
}

TEST_CASE("random: ranks depend on the key alone and stay what they are") {
  TwoWeights two(PruningCriterion::random);
  const double first = two.scores.score(0);
  two.step(5, 5, 5, 5);
  CHECK(two.scores.score(0) == first);
  CHECK(first != two.scores.score(1));
  CHECK(TwoWeights(PruningCriterion::random).scores.score(0) == first);
  Parameters other;
  other.add("w", ParameterKind::weight, {2});
  const PruningScores other_key(PruningCriterion::random, 0, other, RandomKey(5));
  CHECK(other_key.score(0) != first);
}

TEST_CASE("a regrown weight starts without a past; by chance, with a new rank") {
  TwoWeights moved(PruningCriterion::movement);
  moved.step(1, 2, 1, 2);
  moved.scores.restart(0, 7);
  CHECK(moved.scores.score(0) == 0);
  CHECK(moved.scores.score(1) == -2);
  TwoWeights drawn(PruningCriterion::random);
  const double before = drawn.scores.score(0), beside = drawn.scores.score(1);
  drawn.scores.restart(0, 7);
  const double after = drawn.scores.score(0);
  CHECK(after != before);
  CHECK(drawn.scores.score(1) == beside);
  drawn.scores.restart(0, 8);
  CHECK(drawn.scores.score(0) != after);
}
