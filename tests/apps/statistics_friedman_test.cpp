#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "apps/statistics/friedman.h"
#include "apps/statistics/nemenyi.h"
#include "tests/apps/statistics_golden.h"

namespace espalier::test {

namespace {

using Values = std::vector<double>;

BlockTable golden_table(const nlohmann::json& rows) {
  Values values;
  for (const nlohmann::json& row : rows) {
    for (const double value : numbers(row)) values.push_back(value);
  }
  return {rows.size(), rows.at(0).size(), values};
}

/// The arms of a table in another order: arm j of the new one is arm order[j].
BlockTable permuted(const BlockTable& table, const std::vector<std::size_t>& order) {
  Values values;
  for (std::size_t b = 0; b < table.blocks(); ++b) {
    for (const std::size_t arm : order) values.push_back(table.block(b)[arm]);
  }
  return {table.blocks(), table.arms(), values};
}

/// Table 6 of Demšar (JMLR 7, 2006): ranks of the AUC of C4.5 as it is, with tuned m, with tuned
/// cf and with both, on 14 data sets.
BlockTable demsar() {
  const std::vector<Values> rows{
      {4, 3, 2, 1},     {1, 2, 3, 4}, {4, 1, 2, 3},     {4, 1, 3, 2}, {4, 2, 3, 1},
      {1, 2.5, 4, 2.5}, {3, 2, 4, 1}, {2.5, 2.5, 4, 1}, {4, 3, 2, 1}, {2.5, 2.5, 2.5, 2.5},
      {4, 2.5, 1, 2.5}, {3, 2, 4, 1}, {4, 1, 2, 3},     {3, 1, 4, 2}};
  Values values;
  for (const Values& row : rows) values.insert(values.end(), row.begin(), row.end());
  return {rows.size(), 4, values};
}

}  // namespace

TEST_CASE("Friedman's and Iman and Davenport's tests agree with SciPy") {
  double strongest_tie_correction = 1;
  for (const nlohmann::json& golden : statistics_golden().at("friedman")) {
    CAPTURE(golden.dump());
    const FriedmanResult result = friedman_test(golden_table(golden.at("table")));
    CHECK(result.tested);
    CHECK(result.note == "");
    CHECK(relative_error(result.chi_square, golden.at("chi_square")) <= golden_tolerance);
    CHECK(relative_error(result.chi_square_p, golden.at("chi_square_p")) <= golden_tolerance);
    CHECK(relative_error(result.f, golden.at("f")) <= golden_tolerance);
    CHECK(relative_error(result.f_p, golden.at("f_p")) <= golden_tolerance);
    const Values expected = numbers(golden.at("average_ranks"));
    REQUIRE(result.average_ranks.size() == expected.size());
    for (std::size_t j = 0; j < expected.size(); ++j) {
      CHECK(relative_error(result.average_ranks[j], expected[j]) <= golden_tolerance);
    }
    strongest_tie_correction = std::min(strongest_tie_correction, result.tie_correction);
  }
  // The comparison would notice a missing correction for ties.
  CHECK(strongest_tie_correction < 0.99);
}

TEST_CASE("Demšar's worked example: ranks, statistics without tie correction, and groups") {
  const FriedmanResult result = friedman_test(demsar());
  const Values published{3.143, 2.000, 2.893, 1.964};
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(std::abs(result.average_ranks[j] - published[j]) <= 0.0005);
  }
  // Ties of 4, 2, 2 and 2: 1 − (60 + 6 + 6 + 6) / (14 · 60).
  CHECK(relative_error(result.tie_correction, 1 - 78.0 / 840) <= 1e-15);
  const double uncorrected = result.chi_square * result.tie_correction;
  CHECK(std::abs(uncorrected - 9.28) <= 0.005);
  CHECK(std::abs(13 * uncorrected / (14 * 3 - uncorrected) - 3.69) <= 0.005);
  CHECK(result.f > 3.69);

  // Its section 3.2.2: at 0.10 C4.5 is worse than with tuned m and with both, and C4.5 with tuned
  // cf may belong to either group; at 0.05 no pair differs.
  const double at_5 = nemenyi_critical_difference(4, 14, 0.05);
  const double at_10 = nemenyi_critical_difference(4, 14, 0.10);
  CHECK(std::abs(at_5 - 1.25) <= 0.005);
  CHECK(std::abs(at_10 - 1.12) <= 0.005);
  using Groups = std::vector<std::vector<std::size_t>>;
  CHECK(cliques(result.average_ranks, at_10) == Groups{{3, 1, 2}, {2, 0}});
  CHECK(cliques(result.average_ranks, at_5) == Groups{{3, 1, 2, 0}});
}

TEST_CASE("another order of the arms changes only the order of their ranks") {
  const FriedmanResult result = friedman_test(demsar());
  const std::vector<std::size_t> order{2, 0, 3, 1};
  const FriedmanResult other = friedman_test(permuted(demsar(), order));
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(other.average_ranks[j] == result.average_ranks[order[j]]);
  }
  CHECK(other.chi_square == result.chi_square);
  CHECK(other.f_p == result.f_p);
}

TEST_CASE("tables that can't be tested still have ranks, and say why") {
  const FriedmanResult two_arms = friedman_test({3, 2, {1, 2, 1, 2, 2, 1}});
  CHECK_FALSE(two_arms.tested);
  CHECK(two_arms.note == "Friedman's test takes three arms or more, not 2");
  CHECK(two_arms.average_ranks == Values{4.0 / 3, 5.0 / 3});
  const FriedmanResult one_block = friedman_test({1, 3, {5, 4, 4}});
  CHECK_FALSE(one_block.tested);
  CHECK(one_block.note == "Friedman's test takes two blocks or more, not 1");
  CHECK(one_block.average_ranks == Values{3, 1.5, 1.5});
  CHECK(one_block.f_p == 1);
}

TEST_CASE("arms that never differ give no evidence") {
  const FriedmanResult result = friedman_test({2, 3, {1, 1, 1, 7, 7, 7}});
  CHECK(result.tested);
  CHECK(result.note == "all arms are equal on every block");
  CHECK(result.average_ranks == Values{2, 2, 2});
  CHECK(result.chi_square == 0);
  CHECK(result.chi_square_p == 1);
  CHECK(result.f == 0);
  CHECK(result.f_p == 1);
}

TEST_CASE("blocks that cancel out give no evidence") {
  const FriedmanResult result = friedman_test({2, 3, {1, 2, 3, 3, 2, 1}});
  CHECK(result.note == "");
  CHECK(result.chi_square == 0);
  CHECK(result.chi_square_p == 1);
  CHECK(result.f == 0);
  CHECK(result.f_p == 1);
}

TEST_CASE("where all blocks agree, p is the share of arrangements that do") {
  // Two blocks of three untied arms: of 6 · 6 arrangements 6 agree.
  const FriedmanResult untied = friedman_test({2, 3, {1, 2, 3, 10, 20, 30}});
  CHECK(std::isinf(untied.f));
  CHECK(untied.chi_square == 4);
  CHECK(relative_error(untied.f_p, 6.0 / 36) <= 1e-15);
  CHECK(untied.note == "all blocks rank the arms alike: F is infinite, its p exact");
  // Three blocks, the last two arms tied: of 3 · 3 · 3 arrangements 3 agree.
  const FriedmanResult tied = friedman_test({3, 3, {1, 2, 2, 3, 5, 5, 0, 1, 1}});
  CHECK(std::isinf(tied.f));
  CHECK(relative_error(tied.f_p, 3.0 / 27) <= 1e-15);
  // Four arms in two tied pairs have 6 arrangements.
  CHECK(relative_error(friedman_test({2, 4, {1, 2, 1, 2, 3, 4, 3, 4}}).f_p, 1.0 / 6) <= 1e-15);
  // One swap in one block, and F is finite again.
  CHECK(std::isfinite(friedman_test({2, 3, {1, 2, 3, 20, 10, 30}}).f));
}

}  // namespace espalier::test
