#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

#include "apps/statistics/effect_size.h"
#include "apps/statistics/wilcoxon.h"
#include "tests/apps/statistics_golden.h"
#include "tests/support/errors.h"

namespace espalier::test {

namespace {

using Values = std::vector<double>;

/// 1, 2, … n, and the same halved.
Values counting(std::size_t n) {
  Values values(n);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

Values halved(Values values) {
  for (double& value : values) value /= 2;
  return values;
}

}  // namespace

TEST_CASE("Wilcoxon's test agrees with SciPy, and with all signs enumerated where ranks tie") {
  bool zeros_seen = false;
  for (const nlohmann::json& golden : statistics_golden().at("wilcoxon")) {
    CAPTURE(golden.dump());
    const Values values = numbers(golden.at("values"));
    const Values reference = numbers(golden.at("reference"));
    const WilcoxonResult result = wilcoxon_signed_rank_test(
        values, reference, {.continuity_correction = golden.at("continuity_correction")});
    CHECK(result.positive_sum == golden.at("positive_sum").get<double>());
    CHECK(result.negative_sum == golden.at("negative_sum").get<double>());
    CHECK(result.statistic == std::min(result.positive_sum, result.negative_sum));
    CHECK(result.pairs == golden.at("pairs").get<std::size_t>());
    CHECK(result.zeros == values.size() - result.pairs);
    CHECK(result.exact == golden.at("exact").get<bool>());
    CHECK(relative_error(result.p, golden.at("p")) <= golden_tolerance);
    CHECK(relative_error(rank_biserial_correlation(result), golden.at("rank_biserial")) <=
          golden_tolerance);
    CHECK(relative_error(median_percent_change(values, reference),
                         golden.at("median_percent_change")) <= golden_tolerance);
    zeros_seen = zeros_seen || result.zeros > 0;
  }
  CHECK(zeros_seen);
}

TEST_CASE("Demšar's worked example, without the zeros that he splits") {
  // Table 2 of JMLR 7, 2006, in thousandths of AUC: C4.5 with tuned m, and C4.5.
  const Values tuned{768, 591, 971, 661, 888, 931, 668, 583, 838, 1000, 962, 666, 981, 978};
  const Values plain{763, 599, 954, 628, 882, 936, 661, 583, 775, 1000, 940, 619, 972, 957};
  const WilcoxonResult result = wilcoxon_signed_rank_test(tuned, plain);
  CHECK(result.zeros == 2);
  CHECK(result.pairs == 12);
  // His R⁺ = 93 and R⁻ = 12 rank the two zeros 1.5 each, one on each side, and so move every other
  // rank up by 2: those of ten pairs above and two below.
  CHECK(result.positive_sum + 10 * 2 + 1.5 == 93);
  CHECK(result.negative_sum + 2 * 2 + 1.5 == 12);
  CHECK(result.p < 0.05);
  CHECK(rank_biserial_correlation(result) == (71.5 - 6.5) / 78);
}

TEST_CASE("the smallest p is that of pairs which all differ the same way") {
  for (std::size_t n = 1; n <= most_exact_pairs; ++n) {
    CAPTURE(n);
    const WilcoxonResult result = wilcoxon_signed_rank_test(halved(counting(n)), counting(n));
    CHECK(result.exact);
    CHECK(result.statistic == 0);
    CHECK(result.p == smallest_attainable_p(n));
    CHECK(rank_biserial_correlation(result) == -1);
    // Tied ranks make it no smaller.
    CHECK(wilcoxon_signed_rank_test(Values(n, 2), Values(n, 1)).p == smallest_attainable_p(n));
  }
  CHECK(smallest_attainable_p(5) == 0.0625);
  CHECK(smallest_attainable_p(6) == 0.03125);
  CHECK(smallest_attainable_p(1) == 1);
  CHECK(smallest_attainable_p(0) == 1);
  CHECK_FALSE(wilcoxon_signed_rank_test(halved(counting(26)), counting(26)).exact);
}

TEST_CASE("exchanging values and reference flips signs and nothing else") {
  for (const nlohmann::json& golden : statistics_golden().at("wilcoxon")) {
    const Values values = numbers(golden.at("values"));
    const Values reference = numbers(golden.at("reference"));
    const WilcoxonResult one = wilcoxon_signed_rank_test(values, reference);
    const WilcoxonResult other = wilcoxon_signed_rank_test(reference, values);
    CHECK(other.positive_sum == one.negative_sum);
    CHECK(other.negative_sum == one.positive_sum);
    CHECK(other.p == one.p);
    CHECK(rank_biserial_correlation(other) == -rank_biserial_correlation(one));
  }
}

TEST_CASE("pairs without a difference say nothing") {
  const WilcoxonResult equal = wilcoxon_signed_rank_test(counting(4), counting(4));
  CHECK(equal.pairs == 0);
  CHECK(equal.zeros == 4);
  CHECK(equal.p == 1);
  CHECK(equal.exact);
  CHECK(rank_biserial_correlation(equal) == 0);
  // Adding such pairs to others changes only their count.
  const WilcoxonResult few = wilcoxon_signed_rank_test(Values{3, 1, 9}, Values{1, 2, 4});
  const WilcoxonResult more =
      wilcoxon_signed_rank_test(Values{5, 3, 1, 9, 0}, Values{5, 1, 2, 4, 0});
  CHECK(more.p == few.p);
  CHECK(more.pairs == 3);
  CHECK(more.zeros == 2);
}

TEST_CASE("rank sums that balance have p = 1, with the continuity correction too") {
  // 28 pairs whose differences are +1 and −1 in turn: both rank sums are 203.
  Values values(28, 2);
  for (std::size_t i = 0; i < values.size(); i += 2) values[i] = 0;
  for (const bool correction : {false, true}) {
    const WilcoxonResult result =
        wilcoxon_signed_rank_test(values, Values(28, 1), {.continuity_correction = correction});
    CHECK(result.statistic == 203);
    CHECK_FALSE(result.exact);
    CHECK(result.p == 1);
  }
}

TEST_CASE("median percent change worked by hand") {
  CHECK(median_percent_change(Values{90, 1, 4}, Values{100, 2, 2}) == -10);
  CHECK(median_percent_change(Values{90, 1}, Values{100, 2}) == -30);
  CHECK(wrong_error(
            [] {
              median_percent_change(Values{1, 1}, Values{1, 0});
            },
            {"reference 2 of 2 is 0", "above 0"}) == "");
  CHECK(wrong_error([] { median_percent_change(Values{1}, Values{-1}); }, {"is -1"}) == "");
}

TEST_CASE("lists that are no pairs are refused") {
  CHECK(wrong_error(
            [] {
              wilcoxon_signed_rank_test(Values{1, 2}, Values{1});
            },
            {"[wilcoxon] 2 values but 1 of the reference"}) == "");
  CHECK(wrong_error([] { wilcoxon_signed_rank_test({}, {}); }, {"[wilcoxon] 0 values"}) == "");
  CHECK(wrong_error([] { wilcoxon_signed_rank_test(Values{1}, Values{std::nan("")}); },
                    {"value 1 of 1 is nan"}) == "");
}

}  // namespace espalier::test
