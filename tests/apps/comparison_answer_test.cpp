// What a comparison says in words, of made-up results.

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/comparison/analysis.h"
#include "apps/comparison/tables.h"
#include "tests/apps/made_comparison.h"

namespace espalier::test {

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

}  // namespace espalier::test
