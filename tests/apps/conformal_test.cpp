// Conformal intervals: what they promise of made residuals, and that they look into no future.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include "apps/conformal/conformal_intervals.h"
#include "apps/conformal/rolling_conformal.h"
#include "apps/conformal/split_conformal.h"
#include "apps/metrics/interval_metrics.h"
#include "tests/apps/data_files.h"
#include "tests/support/temporary_folder.h"

namespace espalier {

using testing::check_says;
using testing::error_of;

namespace {

using Values = std::vector<double>;

/// Uniform numbers in 0 … 1 (Park and Miller 1988).
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed * 7919 % 2147483647) {}
  double operator()() {
    state_ = state_ * 48271 % 2147483647;
    return static_cast<double>(state_) / 2147483647;
  }
  /// Skewed, with a long tail.
  double residual() {
    const double u = (*this)();
    return u * u * u * u * 9 - (*this)();
  }

 private:
  std::uint64_t state_;
};

Calibration made_calibration(const Values& residuals, std::size_t horizon = 1,
                             std::size_t targets = 1) {
  return thinned_calibration({residuals.begin(), residuals.end()}, horizon, targets);
}

/// Share of the truths in their interval, of windows of one step and target.
double coverage(const LevelBounds& bounds, const Values& truths) {
  std::size_t inside = 0;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (bounds.lower[i] <= truths[i] && truths[i] <= bounds.upper[i]) ++inside;
  }
  return static_cast<double>(inside) / static_cast<double>(truths.size());
}

/// Mean coverage over `repetitions` of `rows` windows after 199 calibration windows; forecasts are
/// 0, residual t (from the first calibration window) is shaped by `shape`.
double mean_coverage(IntervalMethod method, double level, std::size_t repetitions, std::size_t rows,
                     const std::function<double(double, std::size_t)>& shape) {
  constexpr std::size_t calibrated = 199;
  double sum = 0;
  for (std::size_t repetition = 0; repetition < repetitions; ++repetition) {
    Noise noise(repetition + 1);
    Values first, truths;
    for (std::size_t t = 0; t < calibrated; ++t) first.push_back(shape(noise.residual(), t));
    for (std::size_t t = 0; t < rows; ++t) {
      truths.push_back(shape(noise.residual(), calibrated + t));
    }
    const Values zeros(rows), levels{level};
    sum += coverage(conformal_bounds(method, made_calibration(first), levels,
                                     {.forecasts = zeros, .truths = truths})
                        .front(),
                    truths);
  }
  return sum / static_cast<double>(repetitions);
}

double as_it_is(double residual, std::size_t) {
  return residual;
}

/// Errors grow after the calibration, and forecasts lag behind what they forecast.
double drifting(double residual, std::size_t t) {
  const double passed = t < 199 ? 0 : static_cast<double>(t - 199) / 200;
  return residual * (1 + passed) + passed;
}

/// The definition, computed anew for every origin from all that was known then.
struct NaiveRolling {
  const Calibration& calibration;
  double level;
  const Values& forecasts;
  const Values& truths;

  /// Bounds for window `origin` less its forecast, of one output.
  std::pair<double, double> reach(std::size_t origin, std::size_t output) const {
    const std::size_t step = output / calibration.targets, target = output % calibration.targets;
    Values residuals = calibration.of_output(output);
    double below = 0, above = 0;
    std::vector<std::pair<double, double>> given;
    for (std::size_t t = 0;; ++t) {
      // The last 500 residuals known at origin t: of windows up to t − step − 1.
      if (t >= step + 1) {
        const std::size_t window = t - step - 1;
        const double residual = truths[(window + step) * calibration.targets + target] -
                                forecasts[window * calibration.outputs() + output];
        const Values latest = last_of(residuals);
        const double range = *std::ranges::max_element(latest) - *std::ranges::min_element(latest);
        const auto& [lower, upper] = given[window];
        below += 0.02 * range * ((residual < lower ? 1.0 : 0.0) - (1 - level) / 2);
        above += 0.02 * range * ((residual > upper ? 1.0 : 0.0) - (1 - level) / 2);
        residuals.push_back(residual);
      }
      Values sorted = last_of(residuals);
      std::ranges::sort(sorted);
      const double n = static_cast<double>(sorted.size());
      const double k = std::min(n, std::ceil((n + 1) * (1 + level) / 2 - 1e-9));
      double upper = sorted[static_cast<std::size_t>(k) - 1] + above;
      double lower = sorted[static_cast<std::size_t>(n - k)] - below;
      if (lower > upper) lower = upper = (lower + upper) / 2;
      given.emplace_back(lower, upper);
      if (t == origin) return given.back();
    }
  }

  static Values last_of(const Values& all) {
    return {all.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(all.size(), 500)),
            all.end()};
  }
};

/// Truths of rows as windows of 3 steps of 2 targets see them; NaN behind the last row.
Values by_window(const Values& rows) {
  Values truths;
  for (std::size_t window = 0; 2 * window < rows.size(); ++window) {
    for (std::size_t output = 0; output < 6; ++output) {
      const std::size_t at = 2 * window + output;
      truths.push_back(at < rows.size() ? rows[at] : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return truths;
}

/// Rows and forecasts of windows of 3 steps of 2 targets.
struct Made {
  explicit Made(std::size_t windows) {
    Noise noise(5);
    // Multiples of a quarter: many residuals are equal.
    const auto rough = [&noise] { return std::round(8 * noise.residual()) / 4; };
    for (std::size_t i = 0; i < 40 * 6; ++i) calibrated.push_back(rough());
    for (std::size_t i = 0; i < windows * 6; ++i) forecasts.push_back(rough());
    for (std::size_t i = 0; i < windows * 2; ++i) {
      truths.push_back(rough() + static_cast<double>(i) / 1000);
    }
  }
  std::vector<LevelBounds> bounds(IntervalMethod method) const {
    return conformal_bounds(method, made_calibration(calibrated, 3, 2), Values{0.8, 0.5},
                            {.forecasts = forecasts, .truths = by_window(truths)});
  }

  Values calibrated, forecasts, truths;
};

}  // namespace

TEST_CASE("split conformal: the rank is the finite-sample one") {
  const Calibration calibration = made_calibration({3, -9, 1, 7, -5, 2, 8, -4, 6});
  CHECK(split_half_widths(calibration, 0.9) == Values{9});
  CHECK(split_half_widths(calibration, 0.89) == Values{9});
  CHECK(split_half_widths(calibration, 0.8) == Values{8});
  CHECK(split_half_widths(calibration, 0.5) == Values{5});
  CHECK(split_half_widths(calibration, 0.01) == Values{1});
  CHECK(finest_level(9) == 0.9);
  check_says(error_of([&] { split_half_widths(calibration, 0.91); }), "up to 0.9");
  check_says(error_of([&] { split_half_widths(calibration, 0); }), "a level of 0");
  // Steps and targets each by themselves: residuals 1, 3, 5 and 2, 4, 60.
  CHECK(split_half_widths(made_calibration({1, 2, -3, 4, 5, -60}, 1, 2), 0.75) == Values{5, 60});
  CHECK(split_half_widths(made_calibration({1, 2, -3, 4, 5, -60}, 2, 1), 0.5) == Values{3, 4});
}

TEST_CASE("exchangeable residuals: the nominal share is covered") {
  for (const double level : {0.5, 0.8, 0.9, 0.95}) {
    CAPTURE(level);
    // ⌈200 · level⌉ / 200 is expected: the standard error of 400 repetitions is below 0.0025.
    CHECK(std::abs(mean_coverage(IntervalMethod::split, level, 400, 50, as_it_is) - level) < 0.007);
    CHECK(std::abs(mean_coverage(IntervalMethod::rolling, level, 20, 1000, as_it_is) - level) <
          0.01);
  }
}

TEST_CASE("drift: split intervals miss, rolling ones hold") {
  for (const double level : {0.8, 0.9}) {
    CAPTURE(level);
    CHECK(mean_coverage(IntervalMethod::split, level, 10, 1000, drifting) < level - 0.2);
    // They lag a little behind a drift that goes on.
    CHECK(std::abs(mean_coverage(IntervalMethod::rolling, level, 10, 1000, drifting) - level) <
          0.03);
  }
}

TEST_CASE("rolling conformal: as defined, computed anew for every origin") {
  constexpr std::size_t windows = 530;  // more than are looked at
  const Made made(windows);
  const Calibration calibration = made_calibration(made.calibrated, 3, 2);
  const std::vector<LevelBounds> bounds = made.bounds(IntervalMethod::rolling);
  REQUIRE(bounds.size() == 2);
  for (const LevelBounds& level : bounds) {
    const NaiveRolling naive{calibration, level.level, made.forecasts, made.truths};
    REQUIRE(level.lower.size() == windows * 6);
    for (const std::size_t origin : {0UL, 1UL, 2UL, 3UL, 4UL, 100UL, 465UL, 529UL}) {
      for (std::size_t output = 0; output < 6; ++output) {
        CAPTURE(origin);
        CAPTURE(output);
        const std::size_t i = origin * 6 + output;
        const auto [lower, upper] = naive.reach(origin, output);
        CHECK(level.lower[i] - made.forecasts[i] == doctest::Approx(lower).epsilon(1e-9));
        CHECK(level.upper[i] - made.forecasts[i] == doctest::Approx(upper).epsilon(1e-9));
      }
    }
  }
}

TEST_CASE("no residual from the future: what comes after an origin changes nothing there") {
  constexpr std::size_t windows = 60;
  const Made made(windows);
  const std::vector<LevelBounds> before = made.bounds(IntervalMethod::rolling);
  for (const std::size_t origin : {0UL, 1UL, 2UL, 3UL, 30UL}) {
    CAPTURE(origin);
    // At origin t rows 0 … t − 1 are known.
    Made future = made;
    for (std::size_t i = origin * 2; i < future.truths.size(); ++i) future.truths[i] += 100;
    for (std::size_t i = (origin + 1) * 6; i < future.forecasts.size(); ++i) {
      future.forecasts[i] -= 50;
    }
    const std::vector<LevelBounds> after = future.bounds(IntervalMethod::rolling);
    const std::size_t known = (origin + 1) * 6;
    for (std::size_t level = 0; level < before.size(); ++level) {
      const auto same = [&](const Values& a, const Values& b) {
        return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(known), b.begin());
      };
      CHECK(same(before[level].lower, after[level].lower));
      CHECK(same(before[level].upper, after[level].upper));
    }
    // The last row known does count: its residual of one step ahead is among those looked at.
    if (origin == 0) continue;
    // One that was no miss above becomes one, or one that was none below.
    const auto with_last_row = [&](double change) {
      Made past = made;
      past.truths[(origin - 1) * 2] += change;
      return past.bounds(IntervalMethod::rolling).front();
    };
    CHECK((with_last_row(100).upper[origin * 6] != before.front().upper[origin * 6] ||
           with_last_row(-100).lower[origin * 6] != before.front().lower[origin * 6]));
  }
  Made future = made;
  for (double& truth : future.truths) truth += 100;
  CHECK(future.bounds(IntervalMethod::split).front().upper ==
        made.bounds(IntervalMethod::split).front().upper);
}

TEST_CASE("calibration: thinned evenly up to the last window") {
  Values residuals;
  for (int i = 0; i < 2500; ++i) residuals.push_back(i);
  const Values kept = made_calibration(residuals).of_output(0);
  REQUIRE(kept.size() == most_calibration_windows);
  CHECK(kept.back() == 2499);
  CHECK(kept.front() == 1);
  for (std::size_t i = 1; i < kept.size(); ++i) {
    CHECK((kept[i] - kept[i - 1] == 2 || kept[i] - kept[i - 1] == 3));
  }
  CHECK(made_calibration({1, 2, 3, 4}, 2, 1).of_output(1) == Values{2, 4});
}

TEST_CASE("calibration: what is saved is loaded, for the same steps and targets") {
  const test::TemporaryFolder folder;
  const std::string run = folder.path().string();
  std::filesystem::create_directory(run + "/model");
  check_says(error_of([&] { load_calibration(run, 2, 1); }), "\"protocol\": \"honest\"");
  const Calibration made = made_calibration({1, -2, 0.5, 4, 5, 6}, 2, 1);
  save_calibration(calibration_path(run), made);
  const Calibration loaded = load_calibration(run, 2, 1);
  CHECK(loaded.windows == 3);
  CHECK(loaded.residuals == made.residuals);
  check_says(error_of([&] { load_calibration(run, 3, 1); }), "3 steps and 1 target");
  save_calibration(calibration_path(run), made_calibration({1, std::nan(""), 2}, 1, 1));
  check_says(error_of([&] { load_calibration(run, 1, 1); }), "isn't finite");
}

TEST_CASE("levels: percents that can't be are refused by name") {
  CHECK(interval_levels("--level", Values{80, 95}, 19) == Values{0.8, 0.95});
  check_says(error_of([] { interval_levels("--level", Values{80, 0}, 19); }), "--level names 0");
  check_says(error_of([] { interval_levels("--level", Values{100}, 19); }), "--level names 100");
  check_says(error_of([] { interval_levels("--level", Values{std::nan("")}, 19); }), "names nan");
  check_says(error_of([] { interval_levels("--level", Values{80, 80}, 19); }), "80 twice");
  check_says(error_of([] { interval_levels("--level", Values{95.1}, 19); }),
             "19 validation windows allow 95 at the finest");
  // What is named is allowed.
  check_says(error_of([] { interval_levels("--level", Values{99.9}, 146); }), "allow 99.31");
  CHECK(interval_levels("--level", Values{99.31}, 146).size() == 1);
  CHECK(lower_name(80) == "lo-80");
  CHECK(upper_name(97.5) == "hi-97.5");
}

}  // namespace espalier
