#include "regularizers/dropout.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "core/forward.h"
#include "core/ops.h"
#include "layers/lstm.h"
#include "tests/support/array.h"
#include "tests/support/masks.h"
#include "tests/support/recorder.h"

using namespace espalier;

namespace {

constexpr std::int64_t count = 20000;

/// What dropout at the head makes of a tensor of ones.
struct Ones {
  explicit Ones(double rate) {
    regularizers.push_back(
        std::make_unique<Dropout>(rate, std::vector<Site>{Site::head}, RandomKey(1)));
  }

  std::vector<real> pass(Site site, Forward::Purpose purpose, std::uint64_t number) {
    tape.reset();
    const Tensor ones = tape.arena().allocate(Shape{count});
    std::ranges::fill(ones.span(), real{1});
    Forward forward(tape, regularizers, purpose, number);
    const Var y = forward.activation(site, tape.variable(ones));
    return {y.value().span().begin(), y.value().span().end()};
  }

  Regularizers regularizers;
  Tape tape;
};

constexpr auto training = Forward::Purpose::training;

}  // namespace

TEST_CASE("dropout zeroes the configured share and scales the rest to keep the mean") {
  Ones ones(0.3);
  const std::vector<real> y = ones.pass(Site::head, training, 0);
  const auto zeros = static_cast<double>(std::ranges::count(y, real{0}));
  // Five standard deviations of a binomial share: 5·√(0.3·0.7/20000) = 0.0162.
  CHECK(std::abs(zeros / count - 0.3) < 0.0162);
  for (const real value : y) {
    CHECK_MESSAGE((value == 0 || value == doctest::Approx(1 / 0.7)), "found ", value);
  }
}

TEST_CASE("dropout draws anew at every step, but equally for the same step") {
  Ones ones(0.5);
  CHECK(ones.pass(Site::head, training, 1) == ones.pass(Site::head, training, 1));
  CHECK(ones.pass(Site::head, training, 1) != ones.pass(Site::head, training, 2));
}

TEST_CASE("two calls in one pass draw differently") {
  Ones ones(0.5);
  ones.tape.reset();
  const Tensor x = ones.tape.arena().allocate(Shape{64});
  std::ranges::fill(x.span(), real{1});
  Forward forward(ones.tape, ones.regularizers, training, 0);
  const Var a = forward.activation(Site::head, ones.tape.variable(x));
  const Var b = forward.activation(Site::head, ones.tape.variable(x));
  CHECK_FALSE(std::ranges::equal(a.value().span(), b.value().span()));
}

TEST_CASE("dropout does nothing at evaluation, and nothing at sites it wasn't given") {
  Ones ones(0.5);
  const std::vector<real> untouched(count, real{1});
  CHECK(ones.pass(Site::head, Forward::Purpose::evaluation, 0) == untouched);
  CHECK(ones.pass(Site::hidden, training, 0) == untouched);
}

TEST_CASE("the gradient goes through what was kept, scaled, and stops at what was dropped") {
  Ones ones(0.4);
  ones.tape.reset();
  const Tensor x = ones.tape.arena().allocate(Shape{100});
  std::ranges::fill(x.span(), real{2});
  Forward forward(ones.tape, ones.regularizers, training, 3);
  const Var input = ones.tape.variable(x);
  const Var y = forward.activation(Site::head, input);
  ones.tape.backward(sum(y));
  for (std::int64_t i = 0; i < 100; ++i) {
    CHECK(input.grad()[i] == doctest::Approx(static_cast<double>(y.value()[i]) / 2));
  }
}

TEST_CASE("at recurrent, every time step of every layer gets a mask of its own") {
  constexpr double rate = 0.4;
  Parameters parameters;
  Lstm layer(parameters, "lstm", 3, 20, 2);
  layer.initialise(RandomKey(4));
  test::Record before;
  test::Record after;
  Regularizers regularizers = test::only<test::Onlooker>(before, /*steps=*/false);
  regularizers.push_back(
      std::make_unique<Dropout>(rate, std::vector<Site>{Site::recurrent}, RandomKey(1)));
  regularizers.push_back(std::make_unique<test::Onlooker>(after, /*steps=*/false));
  Tape tape;
  Forward pass(tape, regularizers, training, 0);
  test::Array x = test::random_array({6, 3, 30}, 1);
  layer.forward(pass, tape.variable(x.tensor()));

  const auto h_before = before.at(Site::recurrent);
  const auto h_after = after.at(Site::recurrent);
  REQUIRE(h_after.size() == 12);
  std::vector<std::vector<bool>> masks;
  for (std::size_t call = 0; call < h_after.size(); ++call) {
    if (call % 6 == 0) continue;  // the initial state is zero
    CHECK(test::dropping_problem(h_before[call], h_after[call], rate) == "");
    masks.push_back(test::survivors(h_after[call]));
  }
  std::ranges::sort(masks);
  CHECK(std::ranges::adjacent_find(masks) == masks.end());
  CHECK(before.at(Site::hidden) == after.at(Site::hidden));
}

TEST_CASE("dropout makes layers go step by step only while training, at recurrent, above rate 0") {
  const auto steps = [](double rate, Site site, Forward::Purpose purpose) {
    const Regularizers regularizers =
        test::only<Dropout>(rate, std::vector<Site>{site}, RandomKey(1));
    Tape tape;
    return Forward(tape, regularizers, purpose, 0).acts_on_states();
  };
  CHECK(steps(0.3, Site::recurrent, training));
  CHECK_FALSE(steps(0.3, Site::recurrent, Forward::Purpose::evaluation));
  CHECK_FALSE(steps(0.3, Site::head, training));
  CHECK_FALSE(steps(0, Site::recurrent, training));
}
