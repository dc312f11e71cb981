// Forecasts averaged over several random passes.

#include "apps/training/forecaster.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "apps/training/forecasting_task.h"
#include "core/forward.h"
#include "models/lstm.h"
#include "regularizers/mc_dropout.h"
#include "tests/apps/data_files.h"

using namespace espalier;

namespace {

constexpr std::int64_t window = 5;
constexpr std::int64_t horizon = 2;

std::string table() {
  std::string text = "y,z\n";
  for (int row = 0; row < 400; ++row) {
    text += std::to_string(row * 7 % 13) + "," + std::to_string(row * 5 % 11) + "\n";
  }
  return text;
}

struct Scoring {
  explicit Scoring(std::int64_t samples) {
    model.initialise(RandomKey(1));
    regularizers.push_back(std::make_unique<McDropout>(
        0.3, std::vector{Site::input, Site::recurrent, Site::head}, samples, RandomKey(2)));
    indices.resize(task.windows.count());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
  }

  std::vector<double> forecasts(int threads) const {
    return forecast_windows(model, regularizers, task.windows, indices, threads).mean;
  }

  /// One pass over the `index`-th window alone.
  std::vector<double> pass(Tape& tape, std::size_t index, std::uint64_t number) const {
    tape.reset();
    const Tensor x = tape.arena().allocate(Shape{window, 2, 1});
    const Tensor y = tape.arena().allocate(Shape{horizon, 1});
    const std::span<const std::size_t> alone = std::span(indices).subspan(index, 1);
    task.windows.gather(alone, x.data, y.data);
    Forward forward(tape, regularizers, Forward::Purpose::evaluation, number, alone);
    const Tensor found = model.forward(forward, tape.constant(x)).value();
    return {found.span().begin(), found.span().end()};
  }

  testing::TemporaryFile file{table()};
  ForecastingTask task = [this] {
    DataConfig config = testing::data_config(file.path(), "y");
    config.window = window;
    config.horizon = horizon;
    return load_task(config, Protocol::honest);
  }();
  LstmForecaster model{{.window = window, .features = 2, .horizon = horizon}, "lstm", 6, 1};
  Regularizers regularizers;
  std::vector<std::size_t> indices;
};

}  // namespace

TEST_CASE("a forecast is the mean of the passes that the regularizers ask for") {
  constexpr std::size_t samples = 7;
  const Scoring scoring(samples);
  std::vector<double> expected;
  Tape tape(Tape::Mode::inference);
  for (std::size_t index = 0; index < scoring.indices.size(); ++index) {
    std::vector<double> sum(horizon);
    for (std::size_t sample = 0; sample < samples; ++sample) {
      const auto values = scoring.pass(tape, index, sample);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += values[i];
    }
    for (const double total : sum) expected.push_back(total / samples);
  }
  const std::vector<double> found = scoring.forecasts(1);
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    REQUIRE(found[i] == doctest::Approx(expected[i]).epsilon(1e-12));
  }
  CHECK(scoring.forecasts(2) == found);
  CHECK(Scoring(1).forecasts(1) != found);
}

TEST_CASE("random forecasts of a window don't depend on the others asked for, nor on their order") {
  Scoring scoring(3);
  REQUIRE(scoring.indices.size() > 256);
  const auto all = forecast_windows(scoring.model, scoring.regularizers, scoring.task.windows,
                                    scoring.indices, 1);
  std::reverse(scoring.indices.begin(), scoring.indices.end());
  for (const std::size_t batch : std::vector<std::size_t>{1, 7, 128, 256}) {
    CAPTURE(batch);
    std::size_t wrong = 0;
    // All of them, or as many as fit twenty calls.
    const std::size_t end = std::min(scoring.indices.size(), 20 * batch);
    for (std::size_t begin = 0; begin < end; begin += batch) {
      const auto part = std::span<const std::size_t>(scoring.indices)
                            .subspan(begin, std::min(batch, scoring.indices.size() - begin));
      const auto found =
          forecast_windows(scoring.model, scoring.regularizers, scoring.task.windows, part, 2);
      for (std::size_t i = 0; i < found.mean.size(); ++i) {
        const std::size_t at = part[i / horizon] * horizon + i % horizon;
        wrong += found.mean[i] != all.mean[at] || found.deviation[i] != all.deviation[at];
      }
    }
    CHECK(wrong == 0);
  }
  // They do differ from window to window.
  CHECK(all.deviation[0] != all.deviation[horizon]);
}

TEST_CASE("more passes bring forecasts closer to their mean") {
  const std::vector<double> reference = Scoring(400).forecasts(1);
  const auto distance = [&](std::int64_t samples) {
    const std::vector<double> found = Scoring(samples).forecasts(1);
    double squares = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      squares += (found[i] - reference[i]) * (found[i] - reference[i]);
    }
    return std::sqrt(squares / static_cast<double>(found.size()));
  };
  // As 1/√samples: a quarter of the passes, twice the distance.
  const double ratio = distance(4) / distance(16);
  CHECK(ratio > 1.8);
  CHECK(ratio < 2.3);
}
