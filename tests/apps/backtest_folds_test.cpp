// Cutoffs, the rows each training may know, and how missing values are filled at a cutoff.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include <doctest/doctest.h>

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
  const std::vector<Fold> folds = plan_folds(100, config, {.origins = 3});
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
  const std::vector<Fold> folds = plan_folds(100, config, {.origins = 3, .sliding = true});
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
  const std::vector<Fold> folds = plan_folds(100, config, {.origins = 3, .refit = false});
  REQUIRE(folds.size() == 1);
  const ForecastingTask task = fold_task(rows_of(config), config, folds[0]);
  CHECK(task.frame.rows() == 100);
  CHECK(task.split.train == counting(0, 75));
  CHECK(task.split.test == Rows{89, 91, 93});
  CHECK(task.scaling.only().targets[0].mean == doctest::Approx(mean_square(0, 81)).epsilon(1e-12));
}

TEST_CASE("too few rows before the first cutoff are refused") {
  const testing::TemporaryFile file(squares(30));
  const DataConfig config = config_of(file);
  // 10 rows known: 8 train, and one window is validated, whose targets are the rows 8 and 9.
  CHECK(plan_folds(30, config, {.origins = 10}).front().cutoffs == Rows{9});
  // 8 rows known: 7 train, and a single one isn't two targets.
  check_says(error_of([&] { plan_folds(30, config, {.origins = 11}); }),
             "up to the first of 11 cutoffs 8 rows are too few to learn from");
}

TEST_CASE("missing values are filled as they could be at the cutoff") {
  const testing::TemporaryFile file(squares(40, {10, 11, 12, 30}));
  DataConfig config = config_of(file);
  const auto known = [&](std::size_t cutoff) {
    return rows_of(config).known_at(cutoff, 40).columns[0];
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
  CHECK(rows_of(config).known_at(10, 36).columns[0][10] == 169);
}

TEST_CASE("scores over all cutoffs come from those at each") {
  // Errors 1 and 3 at one cutoff, 2 and 2 at the other.
  const std::vector<Scores> parts{
      {.mae = 2, .rmse = std::sqrt(5.0), .scaled_mae = 4, .scaled_mse = 20},
      {.mae = 2, .rmse = 2, .scaled_mae = 6, .scaled_mse = 40}};
  const Scores all = pooled(parts);
  CHECK(all.mae == 2);
  CHECK(all.rmse == doctest::Approx(std::sqrt((1.0 + 9 + 4 + 4) / 4)));
  CHECK(all.scaled_mae == 5);
  CHECK(all.scaled_mse == 30);
}

}  // namespace espalier
