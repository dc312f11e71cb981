#include "regularizers/variational_dropout.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "layers/lstm.h"
#include "regularizers/dropout.h"
#include "tests/support/array.h"
#include "tests/support/masks.h"
#include "tests/support/recorder.h"

namespace espalier::test {

namespace {

constexpr double rate = 0.4;
constexpr std::int64_t steps = 6;
constexpr auto training = Forward::Purpose::training;
constexpr auto evaluation = Forward::Purpose::evaluation;
const std::vector<Site> everywhere{Site::input, Site::hidden, Site::recurrent, Site::head};

/// Which units survived, step by step, of a sequence [time, …].
std::vector<std::vector<bool>> step_masks(const std::vector<real>& sequence, std::size_t count) {
  std::vector<std::vector<bool>> masks;
  const std::size_t size = sequence.size() / count;
  for (std::size_t t = 0; t < count; ++t) {
    masks.push_back(survivors(std::span(sequence).subspan(t * size, size)));
  }
  return masks;
}

template <typename Mask>
bool all_same(const std::vector<Mask>& masks) {
  return std::ranges::adjacent_find(masks, std::not_equal_to()) == masks.end();
}

/// The states on their way into the products of a two-layer LSTM: before a regularizer and after.
struct LstmPass {
  template <typename R>
  LstmPass(R regularizer, Forward::Purpose purpose, std::uint64_t number) {
    Parameters parameters;
    Lstm layer(parameters, "lstm", 3, 20, 2);
    layer.initialise(RandomKey(4));
    // The outer two make the layers step even where the regularizer doesn't act.
    Regularizers regularizers = only<Onlooker>(before, /*steps=*/true);
    regularizers.push_back(std::make_unique<R>(std::move(regularizer)));
    regularizers.push_back(std::make_unique<Onlooker>(after, /*steps=*/true));
    Tape tape;
    Forward pass(tape, regularizers, purpose, number);
    Array x = random_array({steps, 3, 30}, 1);
    layer.forward(pass, tape.variable(x.tensor()));
  }

  /// One mask per step of layer `k`; the first is left out, its state being zero.
  std::vector<std::vector<bool>> masks(std::size_t k) const {
    std::vector<std::vector<bool>> found;
    const auto states = after.at(Site::recurrent);
    for (std::size_t t = 1; t < steps; ++t) found.push_back(survivors(states[k * steps + t]));
    return found;
  }

  Record before, after;
};

VariationalDropout variational(std::vector<Site> sites = everywhere) {
  return {rate, std::move(sites), RandomKey(1)};
}

}  // namespace

TEST_CASE("a sequence gets one mask for all its steps, of the configured share and scale") {
  const Regularizers regularizers = only<VariationalDropout>(variational());
  const Shape shape{steps, 100, 50};
  const std::vector<real> ones(static_cast<std::size_t>(shape.inner().size()), real{1});
  for (const Site site : {Site::input, Site::hidden}) {
    const std::vector<real> y = ones_after(regularizers, site, shape, training, 0);
    CHECK(all_same(step_masks(y, steps)));
    CHECK(dropping_problem(ones, std::span(y).first(ones.size()), rate) == "");
    CHECK(dropping_problem(ones, std::span(y).last(ones.size()), rate) == "");
  }
  // The comparison sees masks that change from step to step.
  const Regularizers ordinary = only<Dropout>(rate, everywhere, RandomKey(1));
  CHECK_FALSE(all_same(step_masks(ones_after(ordinary, Site::input, shape, training, 0), steps)));
}

TEST_CASE("an activation without time axis gets an ordinary mask") {
  const Regularizers regularizers = only<VariationalDropout>(variational());
  const std::vector<real> y = ones_after(regularizers, Site::head, {100, 50}, training, 0);
  CHECK(dropping_problem(std::vector<real>(5000, real{1}), y, rate) == "");
  CHECK_FALSE(all_same(step_masks(y, 100)));
}

TEST_CASE("masks of sequences differ between passes and between calls, and repeat by number") {
  const Regularizers regularizers = only<VariationalDropout>(variational());
  const Shape shape{2, 8, 8};
  const auto pass = [&](std::uint64_t number) {
    return ones_after(regularizers, Site::input, shape, training, number);
  };
  CHECK(pass(1) == pass(1));
  CHECK(pass(1) != pass(2));
  Tape tape;
  Forward forward(tape, regularizers, training, 0);
  Array x = random_array({2, 8, 8}, 1, 1, 2);
  const Var a = forward.activation(Site::hidden, tape.variable(x.tensor()));
  const Var b = forward.activation(Site::hidden, tape.variable(x.tensor()));
  CHECK_FALSE(std::ranges::equal(a.value().span(), b.value().span()));
}

TEST_CASE("the states of a layer get one mask per sequence: new for each layer and each pass") {
  const LstmPass pass(variational(), training, 0);
  const auto before = pass.before.at(Site::recurrent);
  const auto after = pass.after.at(Site::recurrent);
  REQUIRE(after.size() == 2 * steps);
  for (const std::size_t call : std::vector<std::size_t>{1, 5, 7, 11}) {
    CHECK(dropping_problem(before[call], after[call], rate) == "");
  }
  CHECK(all_same(pass.masks(0)));
  CHECK(all_same(pass.masks(1)));
  CHECK(pass.masks(0) != pass.masks(1));
  CHECK(LstmPass(variational(), training, 0).masks(0) == pass.masks(0));
  CHECK(LstmPass(variational(), training, 1).masks(0) != pass.masks(0));
  // The comparison sees masks that change from step to step.
  CHECK_FALSE(all_same(LstmPass(Dropout(rate, everywhere, RandomKey(1)), training, 0).masks(0)));
}

TEST_CASE("variational_dropout leaves alone evaluation and the sites it wasn't given") {
  const Regularizers regularizers = only<VariationalDropout>(variational());
  const std::vector<real> ones(5000, real{1});
  CHECK(ones_after(regularizers, Site::input, {2, 50, 50}, evaluation, 0) == ones);
  const LstmPass scored(variational(), evaluation, 0);
  CHECK(scored.before.at(Site::recurrent) == scored.after.at(Site::recurrent));

  const Regularizers at_input = only<VariationalDropout>(variational({Site::input}));
  CHECK(ones_after(at_input, Site::hidden, {2, 50, 50}, training, 0) == ones);
  const LstmPass at_hidden(variational({Site::hidden}), training, 0);
  CHECK(at_hidden.before.at(Site::recurrent) == at_hidden.after.at(Site::recurrent));
  CHECK(at_hidden.before.at(Site::hidden) != at_hidden.after.at(Site::hidden));
}

TEST_CASE("variational_dropout makes layers go step by step only where it acts on states") {
  const auto steps_in = [](const std::vector<Site>& sites, Forward::Purpose purpose) {
    const Regularizers regularizers = only<VariationalDropout>(variational(sites));
    Tape tape;
    return Forward(tape, regularizers, purpose, 0).acts_on_states();
  };
  CHECK(steps_in(everywhere, training));
  CHECK_FALSE(steps_in(everywhere, evaluation));
  CHECK_FALSE(steps_in({Site::input, Site::head}, training));
}

}  // namespace espalier::test
