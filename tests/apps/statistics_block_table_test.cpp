#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "apps/statistics/block_table.h"
#include "apps/statistics/ranks.h"
#include "tests/apps/statistics_golden.h"
#include "tests/support/errors.h"

namespace espalier::test {

namespace {

using Values = std::vector<double>;
using Scores = std::vector<TrialScore>;

Values block_of(const BlockTable& table, std::size_t index) {
  const auto block = table.block(index);
  return {block.begin(), block.end()};
}

}  // namespace

TEST_CASE("ranks agree with SciPy, tied and not") {
  for (const nlohmann::json& golden : statistics_golden().at("ranks")) {
    CAPTURE(golden.dump());
    const Values ranked = ranks(numbers(golden.at("values")));
    CHECK(ranked == numbers(golden.at("ranks")));
    CHECK(tie_term(ranked) == golden.at("tie_term").get<double>());
  }
}

TEST_CASE("ranks worked by hand") {
  CHECK(ranks(Values{}).empty());
  CHECK(ranks(Values{0.3, -1, 7}) == Values{2, 1, 3});
  CHECK(ranks(Values{5, 1, 5, 1, 5}) == Values{4, 1.5, 4, 1.5, 4});
  CHECK(tie_term(Values{4, 1.5, 4, 1.5, 4}) == 24 + 6);
  CHECK(ranks(Values{0.0, -0.0}) == Values{1.5, 1.5});
  // Equal to the last bit, or no tie.
  CHECK(ranks(Values{1, std::nextafter(1.0, 2.0)}) == Values{1, 2});
  CHECK(wrong_error([] { ranks(Values{1, std::nan("")}); }, {"[ranks] value 2 of 2 is nan"}) == "");
}

TEST_CASE("a table gives back its blocks and its arms") {
  const BlockTable table(2, 3, {1, 2, 3, 4, 5, 6});
  CHECK(table.blocks() == 2);
  CHECK(table.arms() == 3);
  CHECK(block_of(table, 1) == Values{4, 5, 6});
  CHECK(table.arm(1) == Values{2, 5});
  CHECK(wrong_error([] { BlockTable(2, 3, {1, 2}); }, {"2 values for 2 blocks of 3 arms"}) == "");
  CHECK(wrong_error([] { BlockTable(0, 3, {}); }, {"0 values for 0 blocks"}) == "");
  CHECK(wrong_error([] { BlockTable(3, 0, {}); }, {"blocks of 0 arms"}) == "");
  const double infinite = std::numeric_limits<double>::infinity();
  CHECK(wrong_error([&] { BlockTable(1, 2, {1, infinite}); }, {"value 2 of 2 is inf"}) == "");
}

TEST_CASE("trials are averaged per block and arm, in whatever order they come") {
  const Scores scores{{1, 0, 10}, {0, 0, 1}, {0, 1, 7}, {1, 1, 4}, {0, 0, 2}, {0, 1, 8}};
  const BlockTable table = average_trials(2, 2, scores);
  CHECK(block_of(table, 0) == Values{1.5, 7.5});
  CHECK(block_of(table, 1) == Values{10, 4});
}

TEST_CASE("an arm that lacks trials is not averaged over those it has") {
  const Scores fewer{{0, 0, 1}, {0, 0, 2}, {0, 1, 3}};
  CHECK(wrong_error([&] { average_trials(1, 2, fewer); },
                    {"block 1 of 1 has 1 trials of arm 2 and 2 of arm 1"}) == "");
  const Scores none{{0, 0, 1}, {0, 1, 2}};
  CHECK(wrong_error([&] { average_trials(2, 2, none); }, {"block 2 of 2 has 0 trials of arm 1"}) ==
        "");
  CHECK(wrong_error([&] { average_trials(1, 1, none); }, {"a trial of block 0, arm 1"}) == "");
  const Scores diverged{{0, 0, 1}, {0, 1, std::nan("")}};
  CHECK(wrong_error([&] { average_trials(1, 2, diverged); }, {"value 2 of 2 is nan"}) == "");
}

}  // namespace espalier::test
