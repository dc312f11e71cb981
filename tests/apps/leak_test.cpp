#include "apps/data/leak.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include "tests/apps/data_files.h"

namespace espalier {

using testing::check_says;
using testing::error_of;

namespace {

using Column = std::vector<double>;

constexpr std::size_t window = 30;
constexpr std::size_t horizon = 3;

/// Steps of no pattern: a random walk by a linear congruential generator.
Column walk(std::size_t rows) {
  Column values;
  std::uint64_t state = 1;
  double level = 100;
  for (std::size_t row = 0; row < rows; ++row) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    level += static_cast<double>(state >> 40U) / static_cast<double>(1U << 24U) - 0.5;
    values.push_back(level);
  }
  return values;
}

/// copy[i] = values[i + shift], the last value repeated at the end (the first at the beginning).
Column shifted(const Column& values, std::ptrdiff_t shift) {
  Column copy;
  const auto last = static_cast<std::ptrdiff_t>(values.size()) - 1;
  for (std::ptrdiff_t row = 0; row <= last; ++row) {
    copy.push_back(
        values[static_cast<std::size_t>(std::clamp(row + shift, std::ptrdiff_t{0}, last))]);
  }
  return copy;
}

std::string leak(const Column& target, const Column& feature) {
  Frame frame;
  frame.path = "t.csv";
  frame.names = {"y", "f"};
  frame.columns = {target, feature};
  frame.targets = {0};
  frame.features = {0, 1};
  frame.lines.resize(target.size());
  return error_of([&] { refuse_leaks(frame, window, horizon); });
}

}  // namespace

TEST_CASE("leak: a copy of the future is refused at every shift that windows reach") {
  const Column target = walk(500);
  for (const std::ptrdiff_t shift : {1, 2, 3, 17, 31, 32}) {
    CAPTURE(shift);
    const std::string expected = "t.csv: column \"f\" equals the target \"y\" " +
                                 std::to_string(shift) + (shift == 1 ? " row" : " rows") + " ahead";
    check_says(leak(target, shifted(target, shift)), expected);
  }
  CHECK(leak(target, shifted(target, 33)) == "");
}

TEST_CASE("leak: copies of the present and the past are fine") {
  const Column target = walk(500);
  for (const std::ptrdiff_t shift : {0, -1, -7}) CHECK(leak(target, shifted(target, shift)) == "");
}

TEST_CASE("leak: of two values, each the other's complement is fine, its future is not") {
  Column target, complement;
  for (const double value : walk(500)) {
    target.push_back(std::fmod(value * 1000, 7) > 3 ? 1 : 0);
    complement.push_back(1 - target.back());
  }
  CHECK(leak(target, complement) == "");
  check_says(leak(target, shifted(complement, 2)), "rows ahead");
}

TEST_CASE("leak: rescaled copies are refused, noisy ones are not") {
  const Column target = walk(500);
  Column copy = shifted(target, 4);
  for (double& value : copy) value = -32.5 + 1.8 * value;
  check_says(leak(target, copy), "is a rescaled copy of the target \"y\" 4 rows ahead");
  for (std::size_t row = 0; row < copy.size(); ++row)
    copy[row] += 1e-4 * static_cast<double>(row % 3);
  CHECK(leak(target, copy) == "");
}

TEST_CASE("leak: one row in a hundred may differ, two may not") {
  const Column target = walk(500);
  const auto spoiled = [&target](std::size_t every) {
    Column copy = shifted(target, 2);
    for (std::size_t row = every / 2; row < copy.size(); row += every) copy[row] += 1;
    return leak(target, copy);
  };
  check_says(spoiled(125), "2 rows ahead");
  CHECK(spoiled(50) == "");
}

TEST_CASE("leak: missing values are passed over") {
  const Column target = walk(500);
  Column copy = shifted(target, 3);
  for (std::size_t row = 0; row < copy.size(); row += 3) {
    copy[row] = std::numeric_limits<double>::quiet_NaN();
  }
  check_says(leak(target, copy), "3 rows ahead");
}

TEST_CASE("leak: a target that seldom changes is judged by its changes") {
  Column steps;
  const Column levels = walk(40);
  for (std::size_t row = 0; row < 800; ++row) steps.push_back(levels[row / 20]);
  CHECK(leak(steps, shifted(steps, -1)) == "");
  check_says(leak(steps, shifted(steps, 1)), "1 row ahead");
}

TEST_CASE("leak: what repeats itself or runs straight has no secret future") {
  for (const std::size_t shift : {0U, 1U, 6U, 25U}) {
    CAPTURE(shift);
    Column wave;
    Column line;
    Column parity;
    for (std::size_t row = 0; row < 600; ++row) {
      wave.push_back(std::sin(static_cast<double>(row) * std::acos(-1.0) / 12));
      line.push_back(3 * static_cast<double>(row) + 1);
      parity.push_back(static_cast<double>(row % 2));
    }
    for (const Column& long_target : {wave, line, parity}) {
      const Column target(long_target.begin(), long_target.begin() + 500);
      const auto ahead = long_target.begin() + static_cast<std::ptrdiff_t>(shift);
      CHECK(leak(target, Column(ahead, ahead + 500)) == "");
    }
  }
}

TEST_CASE("leak: too few changes prove nothing") {
  Column target(500, 1.0);
  for (std::size_t row = 0; row < 9; ++row) target[200 + row] = static_cast<double>(row * row);
  CHECK(leak(target, shifted(target, 20)) != "");
  target.assign(500, 1.0);
  for (std::size_t row = 0; row < 8; ++row) target[200 + row] = static_cast<double>(row * row + 2);
  CHECK(leak(target, shifted(target, 20)) == "");
}

TEST_CASE("leak: no alarm on real data, whichever column is the target") {
  struct Source {
    std::string path;
    std::vector<std::string> targets;
  };
  std::vector<Source> sources = {
      {testing::own_data("sp500-2000.csv"), {"high", "low", "close", "adjclose", "volume"}},
      {testing::own_data("seattle-weather.csv"),
       {"precipitation", "temp_max", "temp_min", "wind"}}};
  if (const auto path = testing::neighbouring_data("ETTh1.csv")) {
    sources.push_back({*path, {"HUFL", "LULL", "OT"}});
  }
  for (const Source& source : sources) {
    for (const std::string& target : source.targets) {
      CAPTURE(source.path);
      CAPTURE(target);
      DataConfig config = testing::data_config(source.path, target);
      config.window = 60;
      config.horizon = 24;
      CHECK(error_of([&] { read_frame(config, Protocol::honest); }) == "");
    }
  }
}

TEST_CASE("leak: found in a file, before rows with missing values are dropped") {
  const Column target = walk(300);
  std::string text = "y,lead3\n";
  for (std::size_t row = 0; row < target.size(); ++row) {
    const auto cell = [&](std::size_t at) {
      return at < target.size() && at % 5 != 0 ? std::to_string(target[at]) : std::string("NA");
    };
    text += cell(row) + "," + cell(row + 3) + "\n";
  }
  const testing::TemporaryFile file(text);
  DataConfig config = testing::data_config(file.path(), "y");
  config.missing = "drop";
  check_says(error_of([&] { read_frame(config, Protocol::author); }),
             "column \"lead3\" equals the target \"y\" 3 rows ahead");
  config.features = std::vector<std::string>{"y"};
  CHECK(error_of([&] { read_frame(config, Protocol::author); }) == "");
}

}  // namespace espalier
