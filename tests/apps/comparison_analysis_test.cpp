// What a comparison makes of its trials. Numbers of the first cases are SciPy 1.10's:
//
//   mae = np.array([[[2.0, 2.2], [1.8, 1.9], [2.1, 2.5]],
//                   [[10, 11], [9, 9.5], [12, 12.5]],
//                   [[0.5, 0.7], [0.5, 0.55], [0.4, 0.5]]])   # [block][arm][trial]
//   m = mae.mean(2)
//   ranks = np.array([stats.rankdata(r) for r in m]).mean(0)
//   chi = stats.friedmanchisquare(*m.T)
//   F = 2 * chi[0] / (3 * 2 - chi[0]); p = stats.f.sf(F, 2, 4)
//   [stats.wilcoxon(m[:, a], m[:, 0], mode='exact') for a in (1, 2)]
//   [np.median(100 * (m[:, a] - m[:, 0]) / m[:, 0]) for a in (1, 2)]
//   reach = stats.t.ppf(0.975, 1) * stats.sem(mae[2, 1])
//   cd = stats.studentized_range.ppf(0.95, 3, np.inf) / 2 ** 0.5 * np.sqrt(3 * 4 / 6 / 3)

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "apps/comparison/analysis.h"
#include "apps/comparison/tables.h"

namespace espalier {
namespace {

using Values = std::vector<double>;
/// [block][arm][trial]
using Errors = std::vector<std::vector<Values>>;

const Errors small{{{2.0, 2.2}, {1.8, 1.9}, {2.1, 2.5}},
                   {{10, 11}, {9, 9.5}, {12, 12.5}},
                   {{0.5, 0.7}, {0.5, 0.55}, {0.4, 0.5}}};

/// RMSE turn the order of the arms round; scaled scores are others again.
std::vector<Metric> metrics(double mae) {
  return {{"mae", "", "", mae},
          {"rmse", "", "", 20 - mae},
          {"scaled_mae", "", "", mae / 4},
          {"scaled_mse", "", "", 9 * mae * mae}};
}

/// A comparison with made-up results.
struct Made {
  Comparison comparison;
  ComparisonResults results;

  explicit Made(const Errors& errors, std::vector<std::string> arms = {"none", "light", "heavy"},
                std::size_t reference = 0)
      : comparison(make(errors, std::move(arms), reference)), results(comparison) {
    for (std::size_t block = 0; block < errors.size(); ++block) {
      // Persistence is at 1.9, another naive forecast at 1.
      results.references[block].baselines = {
          {"persistence", metrics(1.9)}, {"seasonal_naive", metrics(1)}, {"linear", metrics(0.1)}};
      for (std::size_t arm = 0; arm < comparison.arms.size(); ++arm) {
        for (std::int64_t t = 0; t < comparison.trials; ++t) {
          trial({block, arm, t}) = {
              .metrics = metrics(errors[block][arm][static_cast<std::size_t>(t)]),
              .sparsity = 0.25 * static_cast<double>(t),
              .epochs = {{1, 1, 0, 0.5}, {1, 1, 0, 1.5}}};
        }
      }
    }
  }

  std::optional<TrialResult>& trial(const TrialKey& key) {
    return results.trials[trial_index(comparison, key)];
  }
  Analysis analysis() const { return analyse(comparison, results); }
  std::string sentence() const { return answer(comparison, results, analysis()); }

 private:
  static Comparison make(const Errors& errors, std::vector<std::string> arms,
                         std::size_t reference) {
    Comparison made;
    made.trials = static_cast<std::int64_t>(errors[0][0].size());
    made.seed = 11;
    for (std::size_t block = 0; block < errors.size(); ++block) {
      const std::string name = "b" + std::to_string(block);
      made.blocks.push_back({name, block < 2 ? "one" : "two", "lstm", 7});
    }
    made.arms = std::move(arms);
    made.reference = reference;
    made.configs.resize(errors.size() * made.arms.size());
    for (Config& config : made.configs) config.seed = made.seed;
    return made;
  }
};

/// Every table can be written, and the JSON is valid.
void check_tables(const Made& made) {
  const Analysis analysis = made.analysis();
  const auto columns = [](const std::string& csv) {
    std::istringstream lines(csv);
    std::vector<std::ptrdiff_t> counts;
    for (std::string line; std::getline(lines, line);) {
      std::ptrdiff_t cells = 0;
      bool quoted = false;
      for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == ',' && !quoted) ++cells;
      }
      counts.push_back(cells);
    }
    return std::pair(std::ranges::min(counts), std::ranges::max(counts));
  };
  const auto results = columns(results_csv(made.comparison, made.results));
  CHECK(results.first == results.second);
  const auto summary = columns(summary_csv(made.comparison, made.results, analysis));
  CHECK(summary.first == summary.second);
  CHECK(nlohmann::json::accept(tests_json(made.comparison, analysis)));
  const std::string text = comparison_summary(made.comparison, made.results, analysis);
  CHECK(text.find("nan") == std::string::npos);
  CHECK(text.find("inf") == std::string::npos);
  CHECK(text.ends_with(made.sentence() + "\n"));
}

}  // namespace

TEST_CASE("means, intervals, ranks and tests of a small comparison are SciPy's") {
  const Made made(small);
  const Analysis analysis = made.analysis();
  REQUIRE(analysis.cells.size() == 9);
  const CellSummary& cell = analysis.cells[7];
  CHECK(cell.finished == 2);
  CHECK(cell.failed + cell.missing == 0);
  REQUIRE((cell.mae && cell.mae->interval && cell.mae->standard_deviation));
  CHECK(cell.mae->mean == doctest::Approx(0.525));
  CHECK(*cell.mae->standard_deviation == doctest::Approx(0.03535533905932742));
  CHECK(cell.mae->interval->upper - cell.mae->mean == doctest::Approx(0.3176551184));
  CHECK(cell.mae->mean - cell.mae->interval->lower == doctest::Approx(0.3176551184));
  CHECK(cell.rmse->mean == doctest::Approx(19.475));
  CHECK(cell.sparsity == 0.125);
  CHECK(cell.epochs == 2);
  CHECK(cell.seconds_per_epoch == 1);

  CHECK(analysis.complete_blocks == std::vector<std::size_t>{0, 1, 2});
  CHECK(analysis.datasets == 2);
  CHECK(analysis.smallest_p == 0.25);
  CHECK(analysis.smallest_holm_p == 0.5);
  REQUIRE(analysis.tests.size() == 2);
  const ScoreTests& mae = analysis.tests[0];
  CHECK(mae.score == "mae");
  CHECK(mae.friedman.tested);
  CHECK(mae.friedman.average_ranks[0] == doctest::Approx(7.0 / 3));
  CHECK(mae.friedman.average_ranks[1] == doctest::Approx(4.0 / 3));
  CHECK(mae.friedman.average_ranks[2] == doctest::Approx(7.0 / 3));
  CHECK(mae.friedman.chi_square == doctest::Approx(2.0));
  CHECK(mae.friedman.chi_square_p == doctest::Approx(0.36787944117144233));
  CHECK(mae.friedman.f == doctest::Approx(1.0));
  CHECK(mae.friedman.f_p == doctest::Approx(0.4444444444444444));
  REQUIRE(mae.critical_difference);
  CHECK(*mae.critical_difference == doctest::Approx(1.9136234));
  CHECK(mae.cliques == std::vector<std::vector<std::size_t>>{{1, 0, 2}});

  REQUIRE(mae.pairs.size() == 2);
  const PairTest& light = mae.pairs[0];
  CHECK(light.arm == 1);
  CHECK(light.wilcoxon.statistic == 0);
  CHECK(light.wilcoxon.p == 0.25);
  CHECK(light.holm_p == 0.5);
  CHECK(light.rank_biserial == -1);
  CHECK(light.median_percent_change == doctest::Approx(-11.904761904761905));
  CHECK(light.wins == 3);
  CHECK(light.losses == 0);
  const PairTest& heavy = mae.pairs[1];
  CHECK(heavy.arm == 2);
  // wilcoxon(log([2.3, 12.25, 0.45]), log([2.1, 10.5, 0.6])): the change by a quarter ranks
  // highest, though in units it is the smallest.
  CHECK(heavy.wilcoxon.statistic == 3);
  CHECK(heavy.wilcoxon.p == 1);
  CHECK(heavy.holm_p == 1);
  CHECK(heavy.rank_biserial == 0);
  CHECK(heavy.median_percent_change == doctest::Approx(9.52380952380951));
  CHECK(heavy.wins == 1);
  CHECK(heavy.losses == 2);

  // Where RMSE is low, MAE is high.
  CHECK(analysis.tests[1].score == "rmse");
  CHECK(analysis.tests[1].friedman.average_ranks[1] == doctest::Approx(8.0 / 3));
  CHECK(analysis.tests[1].pairs[0].rank_biserial == 1);
  check_tables(made);
}

TEST_CASE("the order of the arms changes no result") {
  const Made made(small);
  const Analysis analysis = made.analysis();
  std::vector<std::size_t> order{0, 1, 2};
  do {
    Errors errors = small;
    std::vector<std::string> arms;
    for (std::size_t arm = 0; arm < 3; ++arm) {
      for (std::size_t block = 0; block < 3; ++block) errors[block][arm] = small[block][order[arm]];
      arms.push_back(made.comparison.arms[order[arm]]);
    }
    const auto reference = static_cast<std::size_t>(std::ranges::find(arms, "none") - arms.begin());
    const Made permuted(errors, arms, reference);
    const Analysis other = permuted.analysis();
    for (std::size_t score = 0; score < 2; ++score) {
      const ScoreTests& a = analysis.tests[score];
      const ScoreTests& b = other.tests[score];
      CHECK(b.friedman.f_p == a.friedman.f_p);
      CHECK(b.friedman.chi_square == a.friedman.chi_square);
      REQUIRE(b.pairs.size() == 2);
      for (const PairTest& pair : b.pairs) {
        const auto same =
            std::ranges::find(a.pairs, order[pair.arm], [](const PairTest& p) { return p.arm; });
        REQUIRE(same != a.pairs.end());
        CHECK(pair.wilcoxon.p == same->wilcoxon.p);
        CHECK(pair.holm_p == same->holm_p);
        CHECK(pair.rank_biserial == same->rank_biserial);
        CHECK(pair.median_percent_change == same->median_percent_change);
        CHECK(pair.wins == same->wins);
      }
      for (std::size_t arm = 0; arm < 3; ++arm) {
        CHECK(b.friedman.average_ranks[arm] == a.friedman.average_ranks[order[arm]]);
      }
    }
    CHECK(permuted.sentence() == made.sentence());
  } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("a block with a trial that failed or lacks is left out of the tests, not of the tables") {
  const Made whole(small);
  Made failed(small);
  *failed.trial({1, 2, 0}) = {.failure = "the loss, \"mse\", is not finite"};
  Made missing(small);
  missing.trial({1, 2, 0}).reset();
  Errors two = small;
  two.erase(two.begin() + 1);
  const Analysis expected = Made(two).analysis();
  for (const Made* made : {&failed, &missing}) {
    const Analysis analysis = made->analysis();
    const CellSummary& cell = analysis.cells[5];
    CHECK(cell.finished == 1);
    CHECK(cell.failed == (made == &failed ? 1 : 0));
    CHECK(cell.missing == (made == &missing ? 1 : 0));
    CHECK(cell.mae->mean == 12.5);
    CHECK_FALSE(cell.mae->interval.has_value());
    CHECK(analysis.complete_blocks == std::vector<std::size_t>{0, 2});
    CHECK(analysis.smallest_p == 0.5);
    CHECK(analysis.smallest_holm_p == 1);
    CHECK(analysis.tests[0].friedman.f_p == expected.tests[0].friedman.f_p);
    CHECK(analysis.tests[0].pairs[1].wilcoxon.pairs == 2);
    CHECK(analysis.tests[0].friedman.average_ranks[0] !=
          whole.analysis().tests[0].friedman.average_ranks[0]);
    check_tables(*made);
  }
  const std::string csv = results_csv(failed.comparison, failed.results);
  CHECK(csv.find("one,lstm,7,arm,heavy,0,11,honest,failed,,,,,,,,\"the loss, \"\"mse\"\", is not "
                 "finite\",,\n") != std::string::npos);
  CHECK(results_csv(missing.comparison, missing.results)
            .find("one,lstm,7,arm,heavy,0,11,honest,missing,,,,,,,,,,\n") != std::string::npos);
  CHECK(comparison_summary(failed.comparison, failed.results, failed.analysis())
            .find("! trials failed or are missing") != std::string::npos);
  CHECK(comparison_summary(whole.comparison, whole.results, whole.analysis())
            .find("! trials failed") == std::string::npos);
}

TEST_CASE("nothing complete, nothing tested") {
  Made made(small);
  for (std::optional<TrialResult>& trial : made.results.trials) trial.reset();
  CHECK(made.analysis().tests.empty());
  CHECK(made.analysis().smallest_p == 1);
  CHECK(made.sentence() ==
        "No block is complete, so nothing was tested. The tables hold what there is.");
  check_tables(made);
}

TEST_CASE("a single arm is scored, not compared") {
  const Made made({{{2.0, 2.2}}, {{10, 11}}}, {"none"});
  const Analysis analysis = made.analysis();
  CHECK(analysis.complete_blocks.size() == 2);
  CHECK(analysis.tests.empty());
  CHECK(made.sentence() ==
        "There is a single arm, so nothing was compared. The tables hold its scores.");
  check_tables(made);
}

TEST_CASE("two arms, a single block: ranks alone") {
  const Made made({{{2.0}, {1.5}}}, {"none", "light"});
  const Analysis analysis = made.analysis();
  REQUIRE(analysis.tests.size() == 2);
  CHECK_FALSE(analysis.tests[0].friedman.tested);
  CHECK(analysis.tests[0].pairs[0].wilcoxon.p == 1);
  CHECK_FALSE(analysis.cells[0].mae->interval.has_value());
  CHECK(
      made.sentence() ==
      "Of 2 arms, light has the lowest average rank (1.00) over 1 block from 1 data set; a single "
      "block tests nothing. In the median over blocks light's mean absolute error is 25 % below none's "
      "(too few blocks to tell them apart, Holm p = 1); light beats persistence on 1 of 1.");
  check_tables(made);
}

TEST_CASE("two arms on several blocks are told apart by the pair's test alone") {
  const Made made({{{2.0}, {1.5}}, {{4.0}, {3.0}}}, {"none", "light"});
  CHECK(
      made.sentence() ==
      "Of 2 arms, light has the lowest average rank (1.00) over 2 blocks from 1 data set. "
      "In the median over blocks light's mean absolute error is 25 % below none's (too few blocks "
      "to tell them apart, Holm p = 0.5); light beats persistence on 1 of 2.");
  check_tables(made);
}

TEST_CASE("the answer says what can be told from chance and what can't") {
  CHECK(
      Made(small).sentence() ==
      "Of 3 arms, light has the lowest average rank (1.33) over 3 blocks from 2 data sets; the "
      "arms are not told apart, blocks taken as independent (Friedman, p = 0.44). In the median over "
      "blocks light's mean absolute error is 12 % below none's (too few blocks to tell them apart, "
      "Holm p = 0.5); light beats persistence on "
      "2 of 3.");

  // Always in the same order, on 12 blocks: exact p of Friedman's is (3!)^-11, of Wilcoxon's 2^-11.
  Errors many;
  for (int block = 0; block < 12; ++block) many.push_back({{4.0}, {1.0 + block}, {9.0 + block}});
  for (std::size_t block = 0; block < 12; ++block) many[block][0][0] += static_cast<double>(block);
  const Made clear(many);
  CHECK(clear.analysis().tests[0].friedman.f_p == doctest::Approx(std::pow(6, -11)));
  CHECK(clear.analysis().tests[0].pairs[0].holm_p == doctest::Approx(2.0 / 2048));
  // The median of -300/(4 + b) over b = 0 … 11.
  CHECK(
      clear.sentence() ==
      "Of 3 arms, light has the lowest average rank (1.00) over 12 blocks from 2 data sets; the "
      "arms are told apart, blocks taken as independent (Friedman, p < 0.001). In the median over blocks "
      "light's mean absolute error is 32 % below none's (told apart, Holm p < 0.001); light beats persistence on "
      "1 of 12.");
  check_tables(clear);

  // The reference is best: the next best arm is held against it.
  const Made best(small, {"none", "light", "heavy"}, 1);
  CHECK(best.sentence().find("none's mean absolute error is 14 % above light's") !=
        std::string::npos);
  CHECK(best.sentence().ends_with("light beats persistence on 2 of 3."));
}

TEST_CASE("arms that are equal everywhere") {
  const Made made(Errors{{{2.0}, {2.0}, {2.0}}, {{3.0}, {3.0}, {3.0}}});
  CHECK(made.analysis().tests[0].friedman.f_p == 1);
  CHECK(made.analysis().tests[0].pairs[0].wilcoxon.p == 1);
  CHECK(made.sentence().find("error is equal to none's") != std::string::npos);
  check_tables(made);
}

TEST_CASE("a large change is told in plain digits") {
  const Made made({{{1.0}, {5.0}}, {{1.0}, {5.6}}, {{2.0}, {11.0}}}, {"none", "light"}, 1);
  CHECK(made.sentence().find("is 82 % below light's") != std::string::npos);
  const Made above({{{1.0}, {5.0}}, {{1.0}, {5.6}}, {{2.0}, {11.0}}}, {"none", "light"});
  CHECK(above.sentence().find("is 450 % above none's") != std::string::npos);
}

TEST_CASE("a reference without error has no percent change, and nothing breaks") {
  const Made made(Errors{{{0.0}, {0.1}, {0.2}}, {{1.0}, {0.5}, {2.0}}});
  const Analysis analysis = made.analysis();
  CHECK(std::isnan(analysis.tests[0].pairs[0].median_percent_change));
  CHECK_FALSE(std::isnan(analysis.tests[1].pairs[0].median_percent_change));
  CHECK(made.sentence().find("nan") == std::string::npos);
  CHECK(made.sentence().find("none makes no error on a block") != std::string::npos);
  check_tables(made);
}

TEST_CASE("no unit of a data set changes a p") {
  Errors other_unit = small;
  // Smallest in its unit, so that ranks of plain differences would change.
  for (std::vector<double>& arm : other_unit[2]) {
    for (double& error : arm) error *= 1000;
  }
  const Analysis before = Made(small).analysis();
  const Analysis after = Made(other_unit).analysis();
  for (std::size_t i = 0; i < before.tests[0].pairs.size(); ++i) {
    const PairTest& pair = before.tests[0].pairs[i];
    CHECK(after.tests[0].pairs[i].wilcoxon.statistic == pair.wilcoxon.statistic);
    CHECK(after.tests[0].pairs[i].holm_p == pair.holm_p);
    CHECK(after.tests[0].pairs[i].rank_biserial == pair.rank_biserial);
  }
  CHECK(after.tests[0].friedman.f_p == before.tests[0].friedman.f_p);
}

TEST_CASE("several targets are compared by their scaled scores") {
  Made made(small);
  for (BlockReference& reference : made.results.references) reference.several_targets = true;
  const Analysis analysis = made.analysis();
  CHECK(analysis.cells[7].mae->mean == doctest::Approx(0.525 / 4));
  // √(9 · mae²): as MAE orders the arms, not as RMSE does.
  CHECK(analysis.cells[7].rmse->mean == doctest::Approx(3 * 0.525));
  CHECK(analysis.tests[1].friedman.average_ranks[1] == doctest::Approx(4.0 / 3));
  CHECK(best_naive_score(made.results.references[0], "mae") == 0.25);
  CHECK(best_naive_score(made.results.references[0], "rmse") == 3);
  CHECK(summary_csv(made.comparison, made.results, analysis).find("standard deviations") !=
        std::string::npos);
  check_tables(made);
}

TEST_CASE("summary.csv holds the means, and says whether naive forecasts are beaten") {
  const Made made(small);
  const std::string csv = summary_csv(made.comparison, made.results, made.analysis());
  std::istringstream lines(csv);
  std::vector<std::string> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(line);
  REQUIRE(rows.size() == 1 + 3 * 6);
  CHECK(rows[0] ==
        "dataset,model,window,kind,method,unit,trials,failed,mae_mean,mae_std,"
        "mae_lower_95,mae_upper_95,rmse_mean,rmse_std,rmse_lower_95,rmse_upper_95,"
        "beats_naive,sparsity,epochs,seconds_per_epoch");
  CHECK(rows[1].starts_with("one,lstm,7,arm,none,file,2,0,2.1,0.1414213562373"));
  // Linear takes training: 0.525 needs to be below 1 alone.
  CHECK(rows[2].ends_with(",no,0.125,2,1.000000"));
  CHECK(rows[14].ends_with(",yes,0.125,2,1.000000"));
  CHECK(rows[4] == "one,lstm,7,baseline,persistence,file,,,1.9,,,,18.1,,,,,,,");
}

}  // namespace espalier
