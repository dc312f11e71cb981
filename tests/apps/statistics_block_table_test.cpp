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

}  // namespace espalier::test
