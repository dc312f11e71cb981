// Features that tell a target's future without being an exact copy of it.
#include "apps/data/giveaway.h"

#include <cmath>
#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "tests/apps/data_files.h"

namespace espalier {

namespace {

using Column = std::vector<double>;

constexpr std::size_t window = 12;
constexpr std::size_t horizon = 4;

/// Uniform in [−0.5, 0.5), from a linear congruential generator.
Column noise(std::size_t rows, std::uint64_t state) {
  Column values;
  for (std::size_t row = 0; row < rows; ++row) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    values.push_back(static_cast<double>(state >> 40U) / static_cast<double>(1U << 24U) - 0.5);
  }
  return values;
}

Column walk(std::size_t rows) {
  Column values = noise(rows, 1);
  double level = 100;
  for (double& value : values) value = level += value;
  return values;
}

/// f[t] = make(t), and at the last rows, where that would need rows there aren't, y[t].
template <typename Make>
Column feature_of(const Column& target, std::size_t ahead, Make make) {
  Column feature = target;
  for (std::size_t t = 1; t + ahead < target.size(); ++t) feature[t] = make(t);
  return feature;
}

std::vector<Giveaway> giveaways(const Column& target, const Column& feature) {
  Frame frame;
  frame.names = {"y", "f"};
  frame.columns = {target, feature};
  frame.targets = {0};
  frame.features = {0, 1};
  frame.lines.resize(target.size());
  return find_giveaways(frame, window, horizon);
}

void check_found(const Column& target, const Column& feature, std::size_t shift, bool of_mean) {
  const std::vector<Giveaway> found = giveaways(target, feature);
  REQUIRE(found.size() == 1);
  CHECK(found[0].feature == 1);
  CHECK(found[0].shift == shift);
  CHECK(found[0].of_mean == of_mean);
}

/// What is left of `values` after least squares on 1, y[t], …, y[t−7], by the normal equations.
Column residual(const Column& values, const Column& y, std::size_t first) {
  constexpr std::size_t p = 9;
  const auto regressor = [&](std::size_t i, std::size_t k) {
    return k == 0 ? 1.0 : y[first + i - (k - 1)] - 100;
  };
  double a[p][p + 1] = {};
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < p; ++j) {
      for (std::size_t k = 0; k < p; ++k) a[j][k] += regressor(i, j) * regressor(i, k);
      a[j][p] += regressor(i, j) * values[i];
    }
  }
  for (std::size_t j = 0; j < p; ++j) {
    for (std::size_t row = 0; row < p; ++row) {
      if (row == j) continue;
      const double factor = a[row][j] / a[j][j];
      for (std::size_t k = j; k <= p; ++k) a[row][k] -= factor * a[j][k];
    }
  }
  Column rest = values;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    for (std::size_t k = 0; k < p; ++k) rest[i] -= a[k][p] / a[k][k] * regressor(i, k);
  }
  return rest;
}

}  // namespace

TEST_CASE("giveaway: rounded, rescaled and noisy copies of the future are found") {
  const Column y = walk(800);
  for (const std::size_t ahead : {1U, 3U, 15U}) {
    CAPTURE(ahead);
    check_found(y, feature_of(y, ahead, [&](auto t) { return std::round(y[t + ahead] * 10) / 10; }),
                ahead, false);
  }
  const Column e = noise(800, 7);
  check_found(y, feature_of(y, 2, [&](auto t) { return 5 - 3 * (y[t + 2] + 0.1 * e[t]); }), 2,
              false);
}

TEST_CASE("giveaway: averages that look ahead and differences to the future are found") {
  const Column y = walk(800);
  check_found(y, feature_of(y, 3, [&](auto t) { return (y[t + 1] + y[t + 2] + y[t + 3]) / 3; }), 3,
              true);
  check_found(y, feature_of(y, 1, [&](auto t) { return (y[t - 1] + y[t] + y[t + 1]) / 3; }), 1,
              false);
  check_found(y, feature_of(y, 1, [&](auto t) { return y[t + 1] - y[t]; }), 1, false);
  check_found(y, feature_of(y, 1, [&](auto t) { return y[t + 1] / y[t] - 1; }), 1, false);
}

TEST_CASE("giveaway: what is known, or tells a part only, is fine") {
  const Column y = walk(800);
  const Column e = noise(800, 7);
  CHECK(giveaways(y, y).empty());
  CHECK(giveaways(y, e).empty());
  CHECK(giveaways(y, feature_of(y, 0, [&](auto t) { return std::round(y[t]); })).empty());
  CHECK(giveaways(y, feature_of(y, 0, [&](auto t) { return y[t] + e[t]; })).empty());
  CHECK(giveaways(y, feature_of(y, 0, [&](auto t) { return t < 30 ? y[t] : y[t - 30]; })).empty());
  CHECK(giveaways(y, feature_of(y, 0, [&](auto t) { return (y[t] + y[t - 1]) / 2; })).empty());
  // The steps vary by 1/12, rounding to quarters by 1/192: 94 % of a step is told.
  CHECK(
      giveaways(y, feature_of(y, 1, [&](auto t) { return std::round(y[t + 1] * 4) / 4; })).empty());
  // One row past what windows reach.
  CHECK(giveaways(y, feature_of(y, 16, [&](auto t) { return y[t + 16]; })).empty());
}

TEST_CASE("giveaway: a target that repeats itself has no secret future") {
  const Column e = noise(800, 3);
  Column y;
  for (std::size_t t = 0; t < 800; ++t) y.push_back(e[t % 11] + 0.001 * e[t]);
  CHECK(giveaways(y, feature_of(y, 0, [&](auto t) { return t < 9 ? y[t] : y[t - 9]; })).empty());
  Column wave;
  for (std::size_t t = 0; t < 800; ++t) wave.push_back(std::sin(static_cast<double>(t) / 5));
  CHECK(giveaways(wave, feature_of(wave, 2, [&](auto t) { return wave[t + 2]; })).empty());
}

TEST_CASE("giveaway: the share is the squared partial correlation") {
  const Column y = walk(300);
  const Column e = noise(300, 7);
  const Column f = feature_of(y, 1, [&](auto t) { return y[t + 1] + 0.1 * e[t]; });
  const std::vector<Giveaway> found = giveaways(y, f);
  REQUIRE(found.size() == 1);
  // 278 rows have 7 before them and window + horizon − 1 = 15 after them; the last two thirds of
  // them are the rows 100 … 284.
  const auto part = [](const Column& values, std::ptrdiff_t from) {
    return Column(values.begin() + from, values.begin() + from + 185);
  };
  const Column of_f = residual(part(f, 100), y, 100);
  const Column of_y = residual(part(y, 101), y, 100);
  double ff = 0, yy = 0, fy = 0;
  for (std::size_t i = 0; i < of_f.size(); ++i) {
    ff += of_f[i] * of_f[i];
    yy += of_y[i] * of_y[i];
    fy += of_f[i] * of_y[i];
  }
  CHECK(found[0].squared_correlation == doctest::Approx(fy * fy / (ff * yy)).epsilon(1e-8));
}

TEST_CASE("giveaway: no alarm on real data, whichever column is the target") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> sources{
      {"sp500-2000.csv", {"high", "low", "close", "adjclose", "volume"}},
      {"seattle-weather.csv", {"precipitation", "temp_max", "temp_min", "wind"}}};
  for (const auto& [name, targets] : sources) {
    for (const std::string& target : targets) {
      CAPTURE(target);
      const Frame frame =
          read_frame(testing::data_config(testing::own_data(name), target), Protocol::honest);
      CHECK(find_giveaways(frame, 30, 12).empty());
    }
  }
}

}  // namespace espalier
