// espalier backtest: its forecasts are those of runs that see nothing but the rows up to a cutoff.
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"
#include "tests/cli/csv_rows.h"
#include "tests/cli/workplace.h"
#include "tests/support/text.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

using Texts = std::vector<std::string>;
using Row = std::map<std::string, std::string>;

Texts split_at(const std::string& text, char separator) {
  Texts parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// Four cutoffs, three rows apart, two rows forecast: rows 188, 191, 194 and 197 of 0 … 199.
struct BacktestPlace : Workplace {
  Texts command(const std::string& out, const Texts& more,
                const Texts& cutoffs = {"--origins", "4", "--step", "3"}) const {
    Texts arguments{"backtest", "config.json",    "--out", out,
                    "-o",       "data.horizon=2", "-o",    "data.season=7"};
    arguments.insert(arguments.end(), cutoffs.begin(), cutoffs.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  Outcome backtest(const std::string& out, const Texts& more = {}) const {
    return espalier(command(out, more));
  }
  Outcome with_cutoffs(const std::string& out, const Texts& cutoffs, const Texts& more = {}) const {
    return espalier(command(out, more, cutoffs));
  }
  std::vector<Row> forecasts(const std::string& out, const Texts& more = {}) const {
    const Outcome outcome = backtest(out, more);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return rows_of(read_text(*this / (out + "/forecasts.csv")));
  }
  /// What two equal backtests share to the byte.
  std::string reproducible(const std::string& out) const {
    return read_text(*this / (out + "/forecasts.csv")) +
           read_text(*this / (out + "/metrics.json")) + read_text(*this / (out + "/backtest.json"));
  }
  /// The forecasts of `espalier train` on a file that holds the rows first … cutoff + 2 only, of
  /// which the last two are scored, and a split of 7 to 1 of the others.
  std::vector<Row> trained_apart(int first, int cutoff) const {
    const Texts lines = split_at(small_csv(), '\n');
    std::string csv = lines[0] + "\n";
    for (int row = first; row <= cutoff + 2; ++row) {
      csv += lines[static_cast<std::size_t>(row) + 1] + "\n";
    }
    write_text(*this / "apart.csv", csv);
    const int known = cutoff + 1 - first;
    const int learning = known * 7 / 8;
    const double all = known + 2;
    const Outcome outcome = train(
        {"-o", "data.path=apart.csv", "-o", "data.horizon=2", "-o", "data.season=7", "-o",
         fmt::format("data.split=[{},{},{}]", learning / all, (known - learning) / all, 2 / all),
         "--force"});
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return rows_of(read_text(*this / "run/forecasts.csv"));
  }
};

}  // namespace

TEST_CASE("the cutoffs, truths and naive forecasts of a backtest are those of the file") {
  const BacktestPlace place;
  const std::vector<Row> rows = place.forecasts("out");
  const Texts lines = split_at(small_csv(), '\n');
  const auto load = [&](int row) {
    return std::stod(split_at(lines[static_cast<std::size_t>(row) + 1], ',')[1]);
  };
  REQUIRE(rows.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) {
    CAPTURE(i);
    const int cutoff = 188 + 3 * static_cast<int>(i / 2);
    const int step = 1 + static_cast<int>(i % 2);
    CHECK(rows[i].at("cutoff") == small_date(cutoff));
    CHECK(rows[i].at("ds") == small_date(cutoff + step));
    CHECK(rows[i].at("step") == std::to_string(step));
    CHECK(rows[i].at("target") == "load");
    CHECK(std::stod(rows[i].at("y")) == load(cutoff + step));
    CHECK(std::stod(rows[i].at("persistence")) == load(cutoff));
    CHECK(std::stod(rows[i].at("seasonal_naive")) == load(cutoff + step - 7));
    CHECK(rows[i].contains("linear"));
  }
}

TEST_CASE("each refit is the run on a file that ends with the horizon of its cutoff") {
  const BacktestPlace place;
  const auto check_equal = [](std::vector<Row> rows, std::size_t first,
                              const std::vector<Row>& apart) {
    REQUIRE(apart.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) CHECK(rows[first + i] == apart[i]);
  };
  const std::vector<Row> expanding = place.forecasts("expanding");
  check_equal(expanding, 0, place.trained_apart(0, 188));
  check_equal(expanding, 6, place.trained_apart(0, 197));
  const std::vector<Row> sliding = place.forecasts("sliding", {"--window", "sliding"});
  check_equal(sliding, 0, place.trained_apart(0, 188));
  check_equal(sliding, 4, place.trained_apart(6, 194));
  CHECK(expanding[6] != sliding[6]);
  // Without refit the first run's weights forecast all.
  const std::vector<Row> once = place.forecasts("once", {"--no-refit"});
  check_equal(once, 0, place.trained_apart(0, 188));
  for (std::size_t i = 2; i < 8; ++i) {
    CHECK(once[i].at("y") == expanding[i].at("y"));
    CHECK(once[i].at("y_hat") != expanding[i].at("y_hat"));
    CHECK(once[i].at("linear") != expanding[i].at("linear"));
  }
}

TEST_CASE("rows after a cutoff change nothing of what was forecast from it") {
  const BacktestPlace place;
  const std::vector<Row> before = place.forecasts("before");
  std::string csv;
  const Texts lines = split_at(small_csv(), '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    // Line i holds row i − 1; row 191 is the second cutoff.
    csv += i <= 192 ? lines[i] + "\n"
                    : fmt::format("{},{},9\n", small_date(static_cast<int>(i) - 1), 999 - i);
  }
  write_text(place / "data.csv", csv);
  const std::vector<Row> after = place.forecasts("after");
  for (std::size_t i = 0; i < 4; ++i) {
    for (const char* column : {"y_hat", "linear", "persistence"}) {
      CHECK(after[i].at(column) == before[i].at(column));
    }
  }
  for (std::size_t i = 4; i < 8; ++i) CHECK(after[i].at("y_hat") != before[i].at("y_hat"));
}

TEST_CASE("the scores are those of forecasts.csv") {
  const BacktestPlace place;
  const Outcome outcome = place.backtest("out", {"--json", "--quiet"});
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.err == "");
  const json told = json::parse(outcome.out);
  const json metrics = json::parse(read_text(place / "out/metrics.json"));
  CHECK(told.at("test") == metrics.at("test"));
  const std::vector<Row> rows = rows_of(read_text(place / "out/forecasts.csv"));
  for (const std::string method : {"y_hat", "persistence", "seasonal_naive", "linear"}) {
    CAPTURE(method);
    double absolute = 0;
    double squared = 0;
    std::vector<double> by_cutoff(4, 0.0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double error = std::stod(rows[i].at("y")) - std::stod(rows[i].at(method));
      absolute += std::abs(error);
      squared += error * error;
      by_cutoff[i / 2] += std::abs(error) / 2;
    }
    const auto part = [&](const json& at) {
      return method == "y_hat" ? at.at("test") : at.at("baselines").at(method);
    };
    CHECK(part(metrics).at("mae").get<double>() == doctest::Approx(absolute / 8).epsilon(1e-12));
    CHECK(part(metrics).at("rmse").get<double>() ==
          doctest::Approx(std::sqrt(squared / 8)).epsilon(1e-12));
    double spread = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(part(metrics.at("cutoffs")[i]).at("mae").get<double>() ==
            doctest::Approx(by_cutoff[i]).epsilon(1e-12));
      spread += std::pow(by_cutoff[i] - absolute / 8, 2);
    }
    CHECK(part(metrics).at("over_cutoffs").at("mae").at("deviation").get<double>() ==
          doctest::Approx(std::sqrt(spread / 3)).epsilon(1e-9));
  }
  const Outcome table = place.backtest("table");
  for (const char* word : {"±", "lstm", "persistence", "seasonal_naive", "linear",
                           "4 cutoffs from 2020-07-21 to 2020-08-02", "trained anew"}) {
    CAPTURE(word);
    CHECK(contains(table.out, word));
  }
  CHECK(contains(table.err, "4/4  cutoff"));
}

TEST_CASE("a single cutoff and several targets are scored") {
  const BacktestPlace place;
  const Outcome outcome =
      place.with_cutoffs("out", {"--origins", "1"}, {"-o", R"(data.target=["load","wind"])"});
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK(contains(outcome.out, "scaled MAE"));
  CHECK(contains(outcome.out, "n/a"));
  CHECK(rows_of(read_text(place / "out/forecasts.csv")).size() == 4);
}

TEST_CASE("threads change nothing, and an interrupted backtest goes on to the byte") {
  const BacktestPlace place;
  for (const Texts& kind : {Texts{}, Texts{"--no-refit"}}) {
    Texts longer{"-o", "train.epochs=40", "-o", "model.hidden=24", "-o", "train.batch=4"};
    longer.insert(longer.end(), kind.begin(), kind.end());
    const auto with = [&longer](const Texts& more) {
      Texts all = longer;
      all.insert(all.end(), more.begin(), more.end());
      return all;
    };
    for (const std::string out : {"whole", "other", "broken"}) {
      std::filesystem::remove_all(place / out);
    }
    REQUIRE(place.backtest("whole", with({"--threads", "1"})).exit_code == 0);
    REQUIRE(place.backtest("other", with({"--threads", "3"})).exit_code == 0);
    CHECK(place.reproducible("whole") == place.reproducible("other"));
    const std::string checkpoint = place / "broken/trainings/0/checkpoint.safetensors";
    for (const int milliseconds : {0, 30}) {
      Outcome broken;
      // Where it was over sooner than the test looked, again.
      for (int attempt = 0; attempt < 20 && !exists(checkpoint); ++attempt) {
        std::filesystem::remove_all(place / "broken");
        Process process(place.command("broken", with({"--threads", "2", "--quiet"})),
                        {.folder = place.folder()});
        while (process.running() && !exists(place / "broken/trainings/0")) {
          std::this_thread::sleep_for(std::chrono::microseconds(500));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        process.signal(SIGINT);
        broken = process.wait();
      }
      CHECK(broken.exit_code == 130);
      CHECK(contains(broken.err, "--resume"));
      CHECK(!exists(place / "broken/metrics.json"));
      REQUIRE(place.backtest("broken", with({"--resume"})).exit_code == 0);
      CHECK(place.reproducible("broken") == place.reproducible("whole"));
      CHECK(!exists(checkpoint));
    }
  }
}

TEST_CASE("a backtest is mixed with no other, and refuses what it can't do") {
  const BacktestPlace place;
  REQUIRE(place.backtest("out").exit_code == 0);
  const std::string before = place.reproducible("out");
  CHECK(fault_of(place.backtest("out"), usage_wrong, {"out", "--resume", "--force"}) == "");
  CHECK(fault_of(place.backtest("out", {"--resume", "--seed", "7"}), usage_wrong,
                 {"other settings", "\"seed\": 42, there, \"seed\": 7, now"}) == "");
  CHECK(fault_of(place.backtest("out", {"--resume", "--no-refit"}), usage_wrong, {"refit"}) == "");
  CHECK(place.reproducible("out") == before);
  // A damaged result is made again.
  const std::string result = place / "out/trainings/1/result.json";
  for (const char* key : {"methods", "cutoffs", "forecasts_sha256"}) {
    json damaged = json::parse(read_text(result));
    damaged[key] = damaged[key].is_array() ? json::array() : json("");
    write_text(result, damaged.dump());
    CHECK(place.backtest("out", {"--resume"}).exit_code == 0);
    CHECK(place.reproducible("out") == before);
  }
  write_text(place / "out/trainings/2/forecasts.csv", "ds,cutoff\n");
  CHECK(place.backtest("out", {"--resume"}).exit_code == 0);
  CHECK(place.reproducible("out") == before);
  write_text(place / "data.csv", small_csv(201));
  CHECK(fault_of(place.backtest("out", {"--resume"}), usage_wrong, {"data_sha256"}) == "");
  CHECK(place.backtest("out", {"--force"}).exit_code == 0);
  CHECK(place.reproducible("out") != before);

  CHECK(fault_of(place.with_cutoffs("new", {"--origins", "4", "--step", "70"}), usage_wrong,
                 {"4 cutoffs, 70 rows apart", "--origins"}) == "");
  CHECK(fault_of(place.with_cutoffs("new", {"--origins", "4", "--step", "65"}), usage_wrong,
                 {"up to the first of 4 cutoffs", "too few"}) == "");
  CHECK(fault_of(place.backtest("new", {"--no-refit", "--window", "sliding"}), usage_wrong,
                 {"--window sliding", "--no-refit"}) == "");
  CHECK(fault_of(place.backtest("new", {"-o", "protocol=author", "-o", "data.split=[0.8,0.2]"}),
                 usage_wrong, {"author", "protocol=honest"}) == "");
  CHECK(fault_of(place.with_cutoffs("new", {"--origins", "0"}), usage_wrong, {"--origins"}) == "");
  CHECK(fault_of(place.backtest("new", {"--window", "round"}), usage_wrong, {"--window"}) == "");
  CHECK(!exists(place / "new"));
  CHECK(fault_of(place.backtest("new", {"-o", "optimizer.lr=1e30"}), run_failed,
                 {"cutoff 2020-07-", "not finite"}) == "");
}

TEST_CASE("check proves that nothing leaks, and names what does") {
  const Workplace place;
  const Outcome clean = place.espalier({"check", "config.json"});
  CHECK(clean.exit_code == 0);
  CHECK(json::parse(clean.out).contains("data"));
  // 200 rows: 140 train; 140 − 5 − 1 + 1 windows.
  CHECK(contains(clean.err, "no leak: 135 training windows and "));
  CHECK(contains(clean.err, "all rows after 2020-05-28"));

  std::string csv = "date,load,hint\n";
  const Texts lines = split_at(small_csv(), '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const Texts cells = split_at(lines[i], ',');
    const double next = std::stod(split_at(lines[std::min(i + 1, lines.size() - 1)], ',')[1]);
    csv += fmt::format("{},{},{:.1f}\n", cells[0], cells[1], next);
  }
  write_text(place / "data.csv", csv);
  const Outcome leaking = place.espalier({"check", "config.json"});
  CHECK(leaking.exit_code == 1);
  CHECK(contains(leaking.err, R"(leak: column "hint" gives away "load" 1 row ahead)"));
  CHECK(place.espalier({"check", "config.json", "-o", R"(data.features=["load"])"}).exit_code == 0);

  write_text(place / "data.csv", small_csv());
  const Outcome author = place.espalier(
      {"check", "config.json", "-o", "protocol=author", "-o", "data.split=[0.8,0.2]"});
  CHECK(author.exit_code == 0);
  CHECK(contains(author.err, "leak by design: protocol \"author\" scales by all rows"));
  CHECK(contains(author.err, "no other leak: "));
}
