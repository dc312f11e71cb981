// Cutoffs, the rows each training may know, and how missing values are filled at a cutoff.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "apps/backtest/fold_result.h"
#include "apps/backtest/folds.h"
#include "apps/usage_error.h"
#include "tests/apps/data_files.h"

namespace espalier {

using testing::check_says;
using testing::error_of;

namespace {

using Rows = std::vector<std::size_t>;

/// The square of the row, so that no two rows and no two means are the same; `missing` rows empty.
std::string squares(std::size_t rows, const Rows& missing = {}) {
  std::string text = "y,z\n";
  for (std::size_t row = 0; row < rows; ++row) {
    const bool gap = std::find(missing.begin(), missing.end(), row) != missing.end();
    text += (gap ? "NA" : std::to_string(row * row)) + "," + std::to_string(row) + "\n";
  }
  return text;
}

DataConfig config_of(const testing::TemporaryFile& file) {
  DataConfig config = testing::data_config(file.path(), "y");
  config.features = std::vector<std::string>{"y"};
  config.window = 5;
  config.horizon = 2;
  return config;
}

std::string day(std::size_t number) {
  return fmt::format("2024-{:02}-{:02}", number / 28 + 1, number % 28 + 1);
}

/// A series that has rows on the days first … last but for some of them.
struct Days {
  std::string id;
  std::size_t first = 0;
  std::size_t last = 0;
  Rows without = {};
};

/// Day by day, the square of the day, in later series 1000 more each; empty on days that are
/// `missing`.
std::string days_of(const std::vector<Days>& all, const Rows& missing = {}) {
  std::string text = "id,ds,y\n";
  for (std::size_t number = 0; number < 100; ++number) {
    for (std::size_t s = 0; s < all.size(); ++s) {
      const Days& days = all[s];
      if (number < days.first || number > days.last) continue;
      if (std::ranges::find(days.without, number) != days.without.end()) continue;
      const bool gap = std::ranges::find(missing, number) != missing.end();
      text += fmt::format("{},{},{}\n", days.id, day(number),
                          gap ? "" : std::to_string(1000 * s + number * number));
    }
  }
  return text;
}

DataConfig config_of_series(const testing::TemporaryFile& file) {
  DataConfig config = config_of(file);
  config.series = "id";
  config.time = {"ds"};
  return config;
}

RowsByCutoff rows_of(const DataConfig& config) {
  return {read_raw_frame(config, Protocol::honest), config};
}

Rows counting(std::size_t first, std::size_t last) {
  Rows rows(last - first + 1);
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

/// Of the squares of the rows first … last.
double mean_square(std::size_t first, std::size_t last) {
  double sum = 0;
  for (std::size_t row = first; row <= last; ++row) sum += static_cast<double>(row * row);
  return sum / static_cast<double>(last - first + 1);
}

}  // namespace

TEST_CASE("cutoffs end where the last one's horizon ends the file") {
  CHECK(backtest_cutoffs(100, 2, {.origins = 3}) == Rows{93, 95, 97});
  CHECK(backtest_cutoffs(100, 2, {.origins = 3, .step = 10}) == Rows{77, 87, 97});
  CHECK(backtest_cutoffs(100, 24, {.origins = 1}) == Rows{75});
  CHECK(backtest_cutoffs(5, 2, {.origins = 3, .step = 1}) == Rows{0, 1, 2});
  check_says(error_of([] { backtest_cutoffs(5, 2, {.origins = 4, .step = 1}); }),
             "4 cutoffs, 1 row apart");
  check_says(error_of([] { backtest_cutoffs(2, 2, {.origins = 1}); }), "don't fit in 2 rows");
}

TEST_CASE("an expanding window learns from all rows up to each cutoff") {
  const testing::TemporaryFile file(squares(100));
  const DataConfig config = config_of(file);
  const RowsByCutoff rows = rows_of(config);
  const std::vector<Fold> folds = plan_folds(rows, config, {.origins = 3});
  REQUIRE(folds.size() == 3);
  // 94 rows are known, ⌊7/8 · 94⌋ = 82 train: windows of 7 rows within rows 0 … 81, then those
  // whose 2 targets lie in rows 82 … 93, then the one that forecasts rows 94 and 95.
  const ForecastingTask first = fold_task(rows, config, folds[0]);
  CHECK(first.frame.rows() == 96);
  CHECK(first.split.train == counting(0, 75));
  CHECK(first.split.validation == counting(77, 87));
  CHECK(first.split.test == Rows{89});
  CHECK(first.scaling.only().targets[0].mean == doctest::Approx(mean_square(0, 81)).epsilon(1e-12));
  // 98 rows are known at the last, ⌊85.75⌋ = 85 train.
  const ForecastingTask last = fold_task(rows, config, folds[2]);
  CHECK(last.split.train == counting(0, 78));
  CHECK(last.split.validation == counting(80, 91));
  CHECK(last.split.test == Rows{93});
  CHECK(last.scaling.only().features[0].mean == doctest::Approx(mean_square(0, 84)).epsilon(1e-12));
  CHECK(target_values(last.frame, last.split.test, 5, 2) ==
        std::vector<double>{98.0 * 98, 99.0 * 99});
}

TEST_CASE("a sliding window learns from as many rows at every cutoff") {
  const testing::TemporaryFile file(squares(100));
  const DataConfig config = config_of(file);
  const RowsByCutoff rows = rows_of(config);
  const std::vector<Fold> folds = plan_folds(rows, config, {.origins = 3, .sliding = true});
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    const ForecastingTask task = fold_task(rows, config, folds[i]);
    CHECK(task.frame.lines.front() == 2 + 2 * i);  // the header is line 1
    CHECK(task.split.train == counting(0, 75));
    CHECK(task.split.test == Rows{89});
    CHECK(task.scaling.only().targets[0].mean ==
          doctest::Approx(mean_square(2 * i, 2 * i + 81)).epsilon(1e-12));
    const double next = 94.0 + 2.0 * static_cast<double>(i);
    CHECK(target_values(task.frame, task.split.test, 5, 2)[0] == next * next);
  }
}

TEST_CASE("without refit one training serves all cutoffs") {
  const testing::TemporaryFile file(squares(100));
  const DataConfig config = config_of(file);
  const RowsByCutoff rows = rows_of(config);
  const std::vector<Fold> folds = plan_folds(rows, config, {.origins = 3, .refit = false});
  REQUIRE(folds.size() == 1);
  const ForecastingTask task = fold_task(rows, config, folds[0]);
  CHECK(task.frame.rows() == 100);
  CHECK(task.split.train == counting(0, 75));
  CHECK(task.split.test == Rows{89, 91, 93});
  CHECK(task.scaling.only().targets[0].mean == doctest::Approx(mean_square(0, 81)).epsilon(1e-12));
}

TEST_CASE("too few rows before the first cutoff are refused") {
  const testing::TemporaryFile file(squares(30));
  const DataConfig config = config_of(file);
  // 10 rows known: 8 train, and one window is validated, whose targets are the rows 8 and 9.
  const RowsByCutoff rows = rows_of(config);
  CHECK(plan_folds(rows, config, {.origins = 10}).front().cutoffs == Rows{9});
  // 8 rows known: 7 train, and a single one isn't two targets.
  check_says(error_of([&] { plan_folds(rows, config, {.origins = 11}); }),
             "up to the first of 11 cutoffs 8 rows are too few to learn from");
  // A single cutoff can't be fewer.
  check_says(error_of([] { backtest_cutoffs(20, 30, {.origins = 1}); }),
             "don't fit in 20 rows: shorten \"horizon\"");
  check_says(error_of([] { backtest_cutoffs(20, 3, {.origins = 40, .step = 1}); }),
             "don't fit in 20 rows: lower --origins, or shorten \"horizon\"");
}

TEST_CASE("missing values are filled as they could be at the cutoff") {
  const testing::TemporaryFile file(squares(40, {10, 11, 12, 30}));
  DataConfig config = config_of(file);
  const auto known = [&](std::size_t cutoff) {
    return rows_of(config).known_at(cutoff).columns[0];
  };
  config.missing = "ffill";
  CHECK(known(20)[12] == 81);
  config.missing = "interpolate";
  // Between 9² = 81 and 13² = 169 in four steps, once row 13 is known.
  CHECK(known(20)[10] == 103);
  CHECK(known(13)[12] == 147);
  for (const std::size_t cutoff : {10U, 11U, 12U}) {
    for (const std::size_t row : {10U, 11U, 12U}) CHECK(known(cutoff)[row] == 81);
  }
  // After the cutoff nothing is drawn between a row and a later one.
  CHECK(known(29)[30] == 29 * 29);
  CHECK(known(30)[30] == 29 * 29);
  CHECK(known(31)[30] == doctest::Approx((29 * 29 + 31 * 31) / 2.0));
  config.missing = "drop";
  CHECK(rows_of(config).rows().rows() == 36);
  CHECK(rows_of(config).known_at(10).columns[0][10] == 169);
}

TEST_CASE("cutoffs of several series are times") {
  // "a" has the days 0 … 59, "b" 20 … 49 without 44, "c" 55 … 59.
  const testing::TemporaryFile file(
      days_of({{"a", 0, 59, {}}, {"b", 20, 49, {44}}, {"c", 55, 59, {}}}));
  const DataConfig config = config_of_series(file);
  const RowsByCutoff rows = rows_of(config);
  REQUIRE(rows.moments() == 60);
  CHECK(rows.text(43) == day(43));
  // Days 42, 47, 52 and 57; behind the last lie two days.
  const std::vector<Fold> folds = plan_folds(rows, config, {.origins = 4, .step = 5});
  REQUIRE(folds.size() == 4);
  CHECK(folds[0].cutoffs == Rows{42});
  const ForecastingTask first = fold_task(rows, config, folds[0]);
  // Two rows behind the cutoff, whenever they are.
  CHECK(first.frame.time_texts[44] == day(44));
  CHECK(first.frame.time_texts.back() == day(45));
  // 43 rows of "a" are known, ⌊37.6⌋ train; 23 of "b", ⌊20.1⌋ train; of "c" none.
  REQUIRE(first.frame.series.size() == 2);
  CHECK(first.split.train_rows == Rows{37, 20});
  CHECK(first.split.test == Rows{42 - 4, 45 + 22 - 4});
  CHECK(first.scaling.series[1].targets[0].mean ==
        doctest::Approx(1000 + mean_square(20, 39)).epsilon(1e-12));
  // "b" ends two days after the second cutoff.
  CHECK(fold_task(rows, config, folds[1]).split.test.size() == 2);
  CHECK(fold_task(rows, config, folds[2]).split.test.size() == 1);
  // "c" has rows at the last one, too few of them.
  CHECK(fold_task(rows, config, folds[3]).frame.series.size() == 3);
  CHECK(fold_task(rows, config, folds[3]).split.test == Rows{57 - 4});
}

TEST_CASE("a series is scored where it has a row, a window and a horizon, and was trained on") {
  const testing::TemporaryFile file(days_of({{"a", 0, 59, {}}, {"b", 40, 59, {47}}}));
  const DataConfig config = config_of_series(file);
  const RowsByCutoff rows = rows_of(config);
  const BacktestSettings once{.origins = 5, .step = 5, .refit = false};  // days 37, 42, … 57
  // One training up to day 37, when there was no "b".
  const std::vector<Fold> folds = plan_folds(rows, config, once);
  const ForecastingTask task = fold_task(rows, config, folds[0]);
  CHECK(task.frame.series.size() == 1);
  CHECK(task.split.test.size() == 5);
  // Anew for each: three rows of "b" on day 42, none on day 47, windows from day 52 on.
  const std::vector<Fold> anew = plan_folds(rows, config, {.origins = 5, .step = 5});
  const auto scored = [&](std::size_t i) {
    return fold_task(rows, config, anew[i]).split.test.size();
  };
  CHECK(scored(1) == 1);
  CHECK(scored(2) == 1);
  CHECK(scored(3) == 2);
  const testing::TemporaryFile apart(days_of({{"a", 0, 39, {}}, {"b", 45, 79, {}}}));
  const DataConfig of_apart = config_of_series(apart);
  const RowsByCutoff apart_rows = rows_of(of_apart);
  check_says(error_of([&] { plan_folds(apart_rows, of_apart, {.origins = 20}); }),
             "at " + day(38) + " no series has a row with 5 rows up to it and 2 rows after it");
  DataConfig timeless = of_apart;
  timeless.time.clear();
  check_says(error_of([&] { rows_of(timeless); }), "name it in \"time\"");
}

TEST_CASE("several series are filled as each could be at the cutoff") {
  const testing::TemporaryFile file(days_of({{"a", 0, 59, {}}, {"b", 0, 59, {}}}, {30, 31}));
  DataConfig config = config_of_series(file);
  config.missing = "interpolate";
  const RowsByCutoff rows = rows_of(config);
  const std::size_t b = 60;
  for (const std::size_t cutoff : {30U, 31U}) {
    const std::vector<double> values = rows.known_at(cutoff).columns[0];
    CHECK(values[30] == 29 * 29);
    CHECK(values[b + 31] == 1000 + 29 * 29);
  }
  const std::vector<double> values = rows.known_at(32).columns[0];
  CHECK(values[30] == doctest::Approx(29 * 29 + (32 * 32 - 29 * 29) / 3.0));
  CHECK(values[b + 30] == doctest::Approx(1000 + 29 * 29 + (32 * 32 - 29 * 29) / 3.0));
  CHECK(values[b] == 1000);
}

TEST_CASE("gaps are filled by the step of the whole file, whatever is known by a cutoff") {
  // "a" has every second day up to day 40, and then each.
  std::string text = "id,ds,y\n";
  for (std::size_t number = 0; number < 100; number += number < 40 ? 2 : 1) {
    text += fmt::format("a,{},{}\n", day(number), number * number);
  }
  const testing::TemporaryFile file(text);
  DataConfig config = config_of_series(file);
  config.missing = "interpolate";
  config.gaps = "fill";
  const RowsByCutoff rows = rows_of(config);
  REQUIRE(rows.rows().rows() == rows.moments());
  const std::vector<double> values = rows.known_at(20).columns[0];
  CHECK(values[18] == 18 * 18);
  CHECK(values[19] == (18 * 18 + 20 * 20) / 2.0);
  // A cutoff within a gap knows the day before.
  CHECK(rows.known_at(19).columns[0][19] == 18 * 18);
}

TEST_CASE("scores over all cutoffs come from those at each") {
  // Errors 1 and 3 at one cutoff, 2 and 2 at the other.
  std::vector<Scores> parts{{.mae = 2, .rmse = std::sqrt(5.0), .scaled_mae = 4, .scaled_mse = 20},
                            {.mae = 2, .rmse = 2, .scaled_mae = 6, .scaled_mse = 40}};
  const Scores all = pooled(parts);
  CHECK(all.mae == 2);
  CHECK(all.rmse == doctest::Approx(std::sqrt((1.0 + 9 + 4 + 4) / 4)));
  CHECK(all.scaled_mae == 5);
  CHECK(all.scaled_mse == 30);
  // Three times as many at the second.
  parts[1].windows = 3;
  CHECK(pooled(parts).windows == 4);
  CHECK(pooled(parts).scaled_mae == 5.5);
  CHECK(pooled(parts).rmse == doctest::Approx(std::sqrt((1.0 + 9 + 6 * 4) / 8)));
}

}  // namespace espalier
