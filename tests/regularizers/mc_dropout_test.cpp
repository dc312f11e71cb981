#include "regularizers/mc_dropout.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "layers/linear.h"
#include "regularizers/dropout.h"
#include "tests/support/array.h"
#include "tests/support/masks.h"
#include "tests/support/recorder.h"

namespace espalier::test {

namespace {

constexpr double rate = 0.3;
constexpr std::int64_t inputs = 10;
constexpr std::uint64_t passes = 4000;
constexpr auto training = Forward::Purpose::training;
constexpr auto evaluation = Forward::Purpose::evaluation;
const std::vector<Site> head{Site::head};

Regularizers mc_dropout(std::vector<Site> sites = head) {
  return only<McDropout>(rate, std::move(sites), /*samples=*/3, RandomKey(1));
}

/// A linear layer on fixed inputs that have come through the head's regularizers.
struct Head {
  Head() { layer.initialise(RandomKey(2)); }

  double forecast(const Regularizers& regularizers, Forward::Purpose purpose,
                  std::uint64_t number) {
    tape.reset();
    Forward pass(tape, regularizers, purpose, number);
    const Var offered = pass.activation(Site::head, tape.constant(x.tensor()));
    return static_cast<double>(layer.forward(pass, offered).value()[0]);
  }

  Parameters parameters;
  Linear layer{parameters, "fc", inputs, 1};
  Array x = random_array({inputs, 1}, 3, 0.5, 1.5);
  Tape tape{Tape::Mode::inference};
};

}  // namespace

TEST_CASE("forecasts of a linear head scatter about the plain one as worked out by hand") {
  Head head_layer;
  const Regularizers regularizers = mc_dropout();
  double sum = 0;
  double squares = 0;
  for (std::uint64_t number = 0; number < passes; ++number) {
    const double y = head_layer.forecast(regularizers, evaluation, number);
    sum += y;
    squares += y * y;
  }
  const double mean = sum / passes;
  const double variance = squares / passes - mean * mean;
  // Each term w·x becomes w·x·m/(1 − r) with m from {0, 1}: its mean stays, and its variance is
  // (w·x)²·r/(1 − r).
  const double plain = head_layer.forecast({}, evaluation, 0);
  double expected_variance = 0;
  const Tensor w = head_layer.parameters.find("fc.weight")->value();
  for (std::int64_t i = 0; i < inputs; ++i) {
    const auto term =
        static_cast<double>(w[i] * head_layer.x.elements[static_cast<std::size_t>(i)]);
    expected_variance += term * term * rate / (1 - rate);
  }
  CHECK(std::abs(mean - plain) < 5 * std::sqrt(expected_variance / passes));
  // Five standard deviations of the variance of as many normal samples.
  CHECK(std::abs(variance / expected_variance - 1) < 5 * std::sqrt(2.0 / passes));
  CHECK(expected_variance > 0.001);
}

TEST_CASE("masks stay random at evaluation: new in each pass, the same for the same pass") {
  Head head_layer;
  const Regularizers regularizers = mc_dropout();
  const auto forecast = [&](Forward::Purpose purpose, std::uint64_t number) {
    return head_layer.forecast(regularizers, purpose, number);
  };
  CHECK(forecast(evaluation, 1) == forecast(evaluation, 1));
  CHECK(forecast(evaluation, 1) != forecast(evaluation, 2));
  CHECK(forecast(evaluation, 1) != forecast(training, 1));
  // Ordinary dropout doesn't.
  const Regularizers ordinary = only<Dropout>(rate, head, RandomKey(1));
  CHECK(head_layer.forecast(ordinary, evaluation, 1) == head_layer.forecast({}, evaluation, 1));
}

TEST_CASE("masks of a column are those of its window, whatever other windows are there") {
  const Regularizers regularizers = mc_dropout();
  // What each window keeps of ones [40, windows], by rows.
  const auto kept = [&](const std::vector<std::size_t>& windows) {
    Tape tape(Tape::Mode::inference);
    Array x{{40, std::ssize(windows)}, std::vector<real>(40 * windows.size(), real{1})};
    Forward pass(tape, regularizers, evaluation, 0, windows);
    const Tensor found = pass.activation(Site::head, tape.constant(x.tensor())).value();
    return std::vector<real>(found.span().begin(), found.span().end());
  };
  const std::vector<std::size_t> windows{90, 3, 41, 7};
  const std::vector<real> together = kept(windows);
  for (std::size_t b = 0; b < windows.size(); ++b) {
    CAPTURE(b);
    std::vector<real> column;
    for (std::size_t row = 0; row < 40; ++row) column.push_back(together[row * 4 + b]);
    CHECK(kept({windows[b]}) == column);
  }
  CHECK(kept({3, 7}) != kept({7, 3}));
}

TEST_CASE("mc_dropout drops the configured share and scales the rest, training or not") {
  const Regularizers regularizers = mc_dropout();
  const std::vector<real> ones(20000, real{1});
  for (const auto purpose : {training, evaluation}) {
    CHECK(dropping_problem(ones, ones_after(regularizers, Site::head, {20000}, purpose, 0), rate) ==
          "");
    CHECK(ones_after(regularizers, Site::hidden, {20000}, purpose, 0) == ones);
  }
}

TEST_CASE("at recurrent, mc_dropout makes layers go step by step at evaluation too") {
  const auto steps = [](const Regularizers& regularizers, Forward::Purpose purpose) {
    Tape tape;
    return Forward(tape, regularizers, purpose, 0).acts_on_states();
  };
  CHECK(steps(mc_dropout({Site::recurrent}), training));
  CHECK(steps(mc_dropout({Site::recurrent}), evaluation));
  CHECK_FALSE(steps(mc_dropout(), evaluation));
}

TEST_CASE("mc_dropout asks for 50 passes, under the author protocol for one") {
  const RegularizerEntry entry = mc_dropout_entry();
  const auto samples = [&](Protocol protocol) {
    const Settings settings = Settings::defaults(entry.info.settings, protocol);
    return entry.make(settings, {})->evaluation_samples();
  };
  CHECK(samples(Protocol::honest) == 50);
  CHECK(samples(Protocol::author) == 1);
}

}  // namespace espalier::test
