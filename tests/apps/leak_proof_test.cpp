// The proof that nothing leaks, and leaks planted into the making of the data for it to find.
#include "apps/leakage/leak_proof.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "apps/config/read_config.h"
#include "apps/leakage/two_futures.h"
#include "tests/apps/data_files.h"

namespace espalier {

namespace {

constexpr std::size_t rows = 200;

/// Two waves of different lengths with a bend in each, one shifted; without those of `missing`.
std::string waves(const std::vector<std::size_t>& missing = {}) {
  std::string text = "y,f\n";
  for (std::size_t row = 0; row < rows; ++row) {
    const auto t = static_cast<double>(row);
    const bool gap = std::ranges::find(missing, row) != missing.end();
    text += fmt::format("{},{}\n", 10 + std::sin(t / 5) + std::sin(t * t / 999),
                        gap ? "" : std::to_string(std::cos(t / 7) + std::sin(t * t / 777)));
  }
  return text;
}

/// 200 rows: the first 140 train, the next 20 validate, the last 40 are scored.
Config config_of(const std::string& path, const std::vector<std::string>& overrides = {}) {
  const std::string text = fmt::format(
      R"({{"data": {{"path": "{}", "target": "y", "window": 6, "horizon": 2}},
           "model": {{"type": "lstm", "hidden": 3}}}})",
      path);
  return parse_config(text, "t.json", overrides, registered_components());
}

LeakProof proof_of(const std::string& csv, const std::vector<std::string>& overrides = {},
                   const TaskMaker& make = task_of_raw_rows) {
  const testing::TemporaryFile file(csv);
  const Config config = config_of(file.path(), overrides);
  return prove_no_leak(config, read_raw_frame(config.data, config.protocol), make);
}

/// Of a file of two series: "a" of 200 days, "b" of the last `length` of them, a bit different;
/// without the values of f in `missing` days of "b".
LeakProof series_proof(std::vector<std::string> overrides, const TaskMaker& make = task_of_raw_rows,
                       std::size_t length = 100, const std::vector<std::size_t>& missing = {}) {
  std::string text = "id,ds,y,f\n";
  for (std::size_t row = 0; row < rows; ++row) {
    const auto t = static_cast<double>(row);
    const std::string ds = fmt::format("2024-{:02}-{:02}", row / 28 + 1, row % 28 + 1);
    text += fmt::format("a,{},{},{}\n", ds, 10 + std::sin(t / 5) + std::sin(t * t / 999),
                        std::cos(t / 7) + std::sin(t * t / 777));
    if (row + length < rows) continue;
    const bool gap = std::ranges::find(missing, row) != missing.end();
    text += fmt::format("b,{},{},{}\n", ds, 90 + 8 * std::sin(t / 4) + std::sin(t * t / 888),
                        gap ? "" : std::to_string(std::cos(t / 6) + std::sin(t * t / 666)));
  }
  overrides.insert(overrides.end(), {"data.series=id", "data.time=ds"});
  return proof_of(text, overrides, make);
}

void check_names(const LeakProof& proof, const std::string& what) {
  INFO("proof: ", leak_text(proof));
  INFO("expected in it: ", what);
  CHECK(!proof.leaks.empty());
  CHECK(std::ranges::any_of(proof.leaks, [&](const std::string& leak) {
    return leak.find(what) != std::string::npos && leak.find('\n') == std::string::npos;
  }));
  CHECK(("\n" + leak_text(proof)).find("\nleak: ") != std::string::npos);
}

/// A maker whose complete rows `change` has a hand in.
template <typename Change>
TaskMaker with(Change change) {
  return [change](const DataConfig& config, Protocol protocol, Frame raw) {
    Frame frame = complete_frame(std::move(raw), config);
    change(frame);
    return make_task(config, protocol, std::move(frame));
  };
}

}  // namespace

TEST_CASE("leak proof: an honest run stays the same to the bit") {
  const LeakProof proof = proof_of(waves());
  INFO(leak_text(proof));
  CHECK(proof.leaks.empty());
  CHECK(proof.by_design.empty());
  CHECK(proof.cutoff == "140");
  CHECK(proof.training_windows == 133);  // 140 − 6 − 2 + 1
  // 135 windows of 6 rows lie within 140; and 8 of those to validate and score.
  CHECK(proof.forecasts == 135 + 8);
  CHECK(leak_text(proof) ==
        "no leak: 133 training windows and 143 forecasts unchanged when all rows after 140 (of "
        "forecasts: after their inputs) are changed\n");
}

TEST_CASE("leak proof: a scaler fitted to all rows is named") {
  const auto make = [](const DataConfig& config, Protocol protocol, Frame raw) {
    ForecastingTask task = task_of_raw_rows(config, protocol, std::move(raw));
    task.scaling =
        fit_scaling(task.frame, config.scale, std::vector<std::size_t>{task.frame.rows()});
    task.windows = Windows(task.frame, task.scaling, 6, 2);
    return task;
  };
  const LeakProof proof = proof_of(waves(), {}, make);
  check_names(proof, R"(the scaler of column "y" is fitted to rows after 140)");
  check_names(proof, R"(the scaler of column "f")");
  CHECK(proof.leaks.size() == 2);
  // To one row too many already.
  const auto one_more = [](const DataConfig& config, Protocol protocol, Frame raw) {
    ForecastingTask task = task_of_raw_rows(config, protocol, std::move(raw));
    task.scaling = fit_scaling(task.frame, config.scale,
                               std::vector<std::size_t>{task.split.train_rows.front() + 1});
    return task;
  };
  check_names(proof_of(waves(), {}, one_more), R"(the scaler of column "y")");
}

TEST_CASE("leak proof: a target shifted into a feature is named") {
  const auto shift = [](Frame& frame) {
    for (std::size_t row = 0; row + 1 < rows; ++row) {
      frame.columns[1][row] = frame.columns[0][row + 1];
    }
  };
  check_names(proof_of(waves(), {}, with(shift)),
              R"(column "f" at 140 is computed from rows after 140)");
  const auto lag = [](Frame& frame) {
    for (std::size_t row = rows - 1; row > 0; --row) {
      frame.columns[1][row] = frame.columns[0][row - 1];
    }
  };
  CHECK(proof_of(waves(), {}, with(lag)).leaks.empty());
}

TEST_CASE("leak proof: a feature known only later is named") {
  const auto mean = [](Frame& frame) {
    for (std::size_t row = 0; row + 3 < rows; ++row) {
      const std::vector<double>& y = frame.columns[0];
      frame.columns[1][row] = (y[row + 1] + y[row + 2] + y[row + 3]) / 3;
    }
  };
  check_names(proof_of(waves(), {}, with(mean)),
              R"(column "f" at 138 is computed from rows after 140)");
}

TEST_CASE("leak proof: training windows that hold later rows are named") {
  const auto make = [](const DataConfig& config, Protocol protocol, Frame raw) {
    ForecastingTask task = task_of_raw_rows(config, protocol, std::move(raw));
    task.split.train.push_back(133);
    return task;
  };
  check_names(proof_of(waves(), {}, make),
              "the training window that begins at 134 depends on rows after 140");
}

TEST_CASE("leak proof: forecasts that hold later rows are named") {
  // Windows of rows that all stand one too early: each looks one row too far.
  const auto make = [](const DataConfig& config, Protocol protocol, Frame raw) {
    ForecastingTask task = task_of_raw_rows(config, protocol, std::move(raw));
    Frame early = task.frame;
    for (std::vector<double>& column : early.columns) {
      std::rotate(column.begin(), column.begin() + 1, column.end());
    }
    task.windows = Windows(early, task.scaling, 6, 2);
    task.split.train.pop_back();
    return task;
  };
  check_names(proof_of(waves(), {}, make), "forecasts from inputs up to 140 depend on later rows");
}

TEST_CASE("leak proof: interpolation across a cutoff is named, ffill is none") {
  // Row 140 of 1 … 200 is the last to train.
  const std::string across = waves({138, 139, 140, 141});
  check_names(proof_of(across, {"data.missing=interpolate"}),
              R"("missing": column "f" at 139 is filled from rows after 140)");
  CHECK(proof_of(across, {"data.missing=ffill"}).leaks.empty());
  CHECK(proof_of(across, {"data.missing=drop"}).leaks.empty());
  // A gap that ends before the cutoff is known by then; one in the scored rows is not by each.
  CHECK(proof_of(waves({50, 51, 138}), {"data.missing=interpolate"}).leaks.empty());
  check_names(proof_of(waves({180}), {"data.missing=interpolate"}),
              R"("missing": column "f" at 181 is filled from rows after 181)");
  CHECK(proof_of(waves({180}), {"data.missing=ffill"}).leaks.empty());
}

TEST_CASE("leak proof: what the author protocol leaks is by design") {
  const std::vector<std::string> author{"protocol=author", "data.split=[0.7,0.3]",
                                        R"(data.features=["y","f"])"};
  const LeakProof proof = proof_of(waves(), author);
  INFO(leak_text(proof));
  CHECK(proof.leaks.empty());
  REQUIRE(proof.by_design.size() == 2);
  CHECK(proof.by_design[0].find("scales by all rows, as the published scripts do: the scales of 2 "
                                "columns hold rows after 142") != std::string::npos);
  // ⌊0.7 · 193⌋ windows train, from scale to weights the rest is honest.
  CHECK(proof.training_windows == 135);
  CHECK(leak_text(proof).find("no other leak: 135 training windows") != std::string::npos);
  std::vector<std::string> unscaled = author;
  unscaled.push_back("data.scale=none");
  CHECK(proof_of(waves(), unscaled).by_design.size() == 1);
  std::vector<std::string> interpolated = author;
  interpolated.push_back("data.missing=interpolate");
  check_names(proof_of(waves({141, 142}), interpolated), R"("missing": column "f")");
}

TEST_CASE("leak proof: a rounded copy of the future in the file is named") {
  std::string text = "y,f\n";
  double state = 0.3;
  double next = 100;
  for (std::size_t row = 0; row < rows; ++row) {
    const double level = next;
    state = 3.9 * state * (1 - state);  // the logistic map, chaotic
    next += state - 0.5;
    text += fmt::format("{},{:.1f}\n", level, next);
  }
  check_names(proof_of(text), R"(column "f" gives away "y" 1 row ahead)");
}

TEST_CASE("leak proof: of several series each has a last training row of its own") {
  // 140 rows of "a" train and 70 of "b", which begins later and ends at the same time.
  const LeakProof proof = series_proof({});
  INFO(leak_text(proof));
  CHECK(proof.leaks.empty());
  CHECK(proof.cutoff == "the last training row of each series");
  CHECK(proof.training_windows == 133 + 63);
  CHECK(proof.forecasts == 135 + 65 + 8);
  CHECK(leak_text(proof).find("unchanged when all rows after the last training row of each series "
                              "(of forecasts: after their inputs) are changed") !=
        std::string::npos);
  // "b" trains up to day 169, when "a" is scored.
  REQUIRE(proof.cautions.size() == 1);
  CHECK(
      proof.cautions[0].find(R"("b" trains up to 2024-07-02, "a" is scored from 2024-06-21 on)") !=
      std::string::npos);
  // Both of one length.
  CHECK(series_proof({}, task_of_raw_rows, rows).cautions.empty());
}

TEST_CASE("leak proof: what leaks in one of several series is named") {
  const auto scaler = [](const DataConfig& config, Protocol protocol, Frame raw) {
    ForecastingTask task = task_of_raw_rows(config, protocol, std::move(raw));
    std::vector<std::size_t> train_rows = task.split.train_rows;
    ++train_rows[1];
    task.scaling = fit_scaling(task.frame, config.scale, train_rows);
    task.windows = Windows(task.frame, task.scaling, 6, 2);
    return task;
  };
  check_names(series_proof({}, scaler), R"(the scaler of column "y" is fitted to rows after the)");
  // The last row that trains, and one that is scored; the first row of "b" is none of "a"'s future.
  const auto shift = [](std::size_t from, std::size_t to) {
    return with([from, to](Frame& frame) {
      for (std::size_t row = from; row + 1 < to; ++row) {
        frame.columns[1][row] = frame.columns[0][row + 1];
      }
    });
  };
  check_names(series_proof({}, shift(rows, rows + 100)),
              R"(column "f" at 2024-07-02 of series "b" is computed from rows after the last)");
  check_names(series_proof({}, shift(150, 200)),
              R"(of series "a" is computed from rows after 2024)");
  const auto seam = with([](Frame& frame) { frame.columns[1][rows - 1] = frame.columns[0][rows]; });
  CHECK(series_proof({}, seam).leaks.empty());
  check_names(
      series_proof({"data.missing=interpolate"}, task_of_raw_rows, 100, {168, 169, 170, 171}),
      R"("missing": column "f" at 2024-07-01 of series "b" is filled from rows after the)");
  CHECK(series_proof({"data.missing=ffill"}, task_of_raw_rows, 100, {168, 169, 170, 171})
            .leaks.empty());
}

TEST_CASE("leak proof: interpolation into rows that the file leaves out is named") {
  std::string text = "ds,y,f\n";
  for (std::size_t row = 0; row < rows; ++row) {
    if (row == 139 || row == 140 || row == 180) continue;
    const auto t = static_cast<double>(row);
    text += fmt::format("2024-01-{:02} {:02}:00,{},{}\n", row / 24 + 1, row % 24,
                        10 + std::sin(t / 5) + std::sin(t * t / 999), std::cos(t / 7));
  }
  const std::vector<std::string> filled{"data.time=ds", "data.gaps=fill",
                                        "data.missing=interpolate"};
  check_names(proof_of(text, filled), R"("missing": column "y" at 2024-01-06T19:00:00 is filled)");
  CHECK(proof_of(text, {"data.time=ds", "data.gaps=fill", "data.missing=ffill"}).leaks.empty());
}

TEST_CASE("another future changes every known value after the row, and none before") {
  Frame raw;
  raw.names = {"a", "b"};
  const double missing = std::numeric_limits<double>::quiet_NaN();
  raw.columns = {{0, 0, 0, 0}, {1, missing, missing, 4}};
  raw.lines = {2, 3, 5, 6};
  const Frame other = changed_after(raw, {{"", 3}});
  for (std::size_t c = 0; c < 2; ++c) {
    CHECK(other.columns[c][0] == raw.columns[c][0]);
    CHECK(std::isnan(other.columns[c][1]) == std::isnan(raw.columns[c][1]));
    CHECK(std::isnan(other.columns[c][2]) == std::isnan(raw.columns[c][2]));
    CHECK(other.columns[c][3] != raw.columns[c][3]);
    CHECK(std::isfinite(other.columns[c][3]));
  }
  CHECK(other.columns[0][2] != 0);
}

}  // namespace espalier
