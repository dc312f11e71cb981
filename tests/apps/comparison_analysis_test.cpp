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

#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/comparison/analysis.h"
#include "apps/comparison/tables.h"
#include "tests/apps/made_comparison.h"

namespace espalier::test {

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

}  // namespace espalier::test
