#include "optim/clip_grad_norm.h"

#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/golden.h"

namespace espalier::test {

TEST_CASE("gradients of a larger norm are scaled down to the limit") {
  std::vector<real> grads{3, 0, -4, 12};  // norm 13
  CHECK(clip_grad_norm(grads, 6.5) == doctest::Approx(13));
  const double factor = 6.5 / (13 + 1e-6);
  CHECK(difference(grads, std::vector{3 * factor, 0.0, -4 * factor, 12 * factor}, 1e-6) == "");
  CHECK(clip_grad_norm(grads, 100) == doctest::Approx(6.5));
}

TEST_CASE("gradients within the limit stay as they are") {
  const std::vector<real> before{3, 0, -4};
  for (const double limit : {5.1, 100.0, std::numeric_limits<double>::infinity()}) {
    std::vector<real> grads = before;
    CHECK(clip_grad_norm(grads, limit) == 5);
    CHECK(grads == before);
  }
}

TEST_CASE("zero gradients stay zero") {
  std::vector<real> grads(5);
  CHECK(clip_grad_norm(grads, 0.1) == 0);
  CHECK(grads == std::vector<real>(5));
}

TEST_CASE("the norm of many equal gradients is exact although float would lose it") {
  std::vector<real> grads(1'000'000, real(1e-2));
  CHECK(clip_grad_norm(grads, 1000) == doctest::Approx(10).epsilon(1e-6));
}

TEST_CASE("clipping agrees with PyTorch, over all parameters together") {
  bool clipped = false;
  bool left_alone = false;
  for (const auto& golden : torch_golden().at("clip_grad_norm")) {
    std::vector<real> grads;
    std::vector<double> expected;
    for (const auto& part : golden.at("before")) {
      for (const double grad : golden_values(part)) grads.push_back(static_cast<real>(grad));
    }
    for (const auto& part : golden.at("after")) {
      for (const double grad : golden_values(part)) expected.push_back(grad);
    }
    const std::vector<real> before = grads;
    const double norm = clip_grad_norm(grads, golden.at("max_norm"));
    CHECK(norm == doctest::Approx(golden.at("norm").get<double>()).epsilon(1e-6));
    CHECK(difference(grads, expected, 1e-6) == "");
    (grads == before ? left_alone : clipped) = true;
  }
  CHECK(clipped);
  CHECK(left_alone);
}

}  // namespace espalier::test
