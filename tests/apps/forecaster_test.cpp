// Forecasts averaged over several random passes.

#include "apps/training/forecaster.h"

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

  /// One pass over windows `begin` to `end`, laid out [window][step].
  std::vector<double> pass(std::size_t begin, std::size_t end, std::uint64_t number) const {
    Tape tape(Tape::Mode::inference);
    const auto count = static_cast<std::int64_t>(end - begin);
    const Tensor x = tape.arena().allocate(Shape{window, 2, count});
    const Tensor y = tape.arena().allocate(Shape{horizon, count});
    task.windows.gather(std::span(indices).subspan(begin, end - begin), x.data, y.data);
    Forward forward(tape, regularizers, Forward::Purpose::evaluation, number);
    const Tensor found = model.forward(forward, tape.constant(x)).value();
    std::vector<double> values;
    for (std::int64_t b = 0; b < count; ++b) {
      for (std::int64_t step = 0; step < horizon; ++step) {
        values.push_back(static_cast<double>(found[step * count + b]));
      }
    }
    return values;
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
  constexpr std::size_t chunk = 256;  // windows that go through the network together
  const Scoring scoring(samples);
  const std::size_t count = scoring.indices.size();
  REQUIRE(count > chunk);
  std::vector<double> expected;
  for (std::size_t begin = 0; begin < count; begin += chunk) {
    const std::size_t end = std::min(begin + chunk, count);
    std::vector<double> sum((end - begin) * horizon);
    for (std::size_t sample = 0; sample < samples; ++sample) {
      const auto values = scoring.pass(begin, end, begin / chunk * samples + sample);
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
