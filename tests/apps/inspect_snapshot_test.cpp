#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "apps/inspect/even_sample.h"
#include "apps/inspect/snapshot.h"
#include "core/random.h"

namespace espalier {

using Bytes = std::vector<std::uint8_t>;
using Codes = std::vector<std::int8_t>;
using Positions = std::vector<std::int64_t>;

TEST_CASE("an even sample holds the first, the last, and every n-th between") {
  for (std::size_t capacity = 2; capacity <= 9; ++capacity) {
    EvenSample<std::size_t> sample(capacity);
    for (std::size_t count = 1; count <= 300; ++count) {
      sample.add(count - 1);
      const std::vector<std::size_t> items = sample.items();
      CAPTURE(capacity);
      CAPTURE(count);
      REQUIRE(sample.count() == count);
      REQUIRE(items.size() <= capacity);
      REQUIRE(items.front() == 0);
      REQUIRE(items.back() == count - 1);
      if (count <= capacity - 1) REQUIRE(items.size() == count);
      const std::size_t stride = items.size() > 1 ? items[1] : 0;
      for (std::size_t i = 1; i < items.size(); ++i) {
        const std::size_t gap = items[i] - items[i - 1];
        REQUIRE((gap == stride || (i + 1 == items.size() && gap < stride)));
      }
      // No more than half of what there is room for is given away.
      if (count >= capacity) REQUIRE(2 * items.size() >= capacity);
    }
  }
}

TEST_CASE("masks come back from their bits") {
  CHECK(pack_mask(Bytes{1, 0, 1, 1, 0, 0, 0, 1, 0, 1}) == Bytes{0b10001101, 0b10});
  RandomStream draws(RandomKey(3));
  for (std::size_t count = 0; count <= 70; ++count) {
    Bytes mask(count);
    for (std::uint8_t& live : mask) live = static_cast<std::uint8_t>(draws.below(2));
    CAPTURE(count);
    CHECK(unpack_mask(pack_mask(mask), count) == mask);
  }
}

TEST_CASE("a heat map has one cell per weight, or per block the largest live weight") {
  const std::vector<real> values{real(0.5), real(-1), real(0), real(0.25), real(-0.75), real(9)};
  const Bytes mask{1, 1, 1, 0, 1, 0};
  const CellGrid single = CellGrid::of(2, 3, 6);
  CHECK(single.block_rows == 1);
  CHECK(single.block_columns == 1);
  const QuantisedCells each = quantise(values, mask, single);
  CHECK(each.scale == 1);
  // 0.5 · 127 = 63.5, −0.75 · 127 = −95.25; what is pruned is told from a live 0.
  CHECK(each.cells == Codes{64, -127, 0, -128, -95, -128});

  // Two columns of cells: {0.5, −1 / pruned, −0.75} and {0 / pruned}.
  const CellGrid blocks{.rows = 2, .columns = 3, .block_rows = 2, .block_columns = 2};
  CHECK(blocks.cell_rows() == 1);
  CHECK(blocks.cell_columns() == 2);
  CHECK(quantise(values, mask, blocks).cells == Codes{-127, 0});
  CHECK(quantise(values, Bytes{0, 0, 0, 0, 0, 1}, blocks).cells == Codes{-128, 127});

  const QuantisedCells nothing = quantise(std::vector<real>(6, real{0}), mask, single);
  CHECK(nothing.scale == 0);
  CHECK(nothing.cells == Codes{0, 0, 0, -128, 0, -128});
}

TEST_CASE("large matrices are shrunk to as many cells as there may be") {
  for (const auto& [rows, columns] :
       {std::pair{256, 64}, {1000, 3}, {3, 1000}, {777, 333}, {1, 1}}) {
    for (const std::int64_t most : {1, 10, 500, 100'000}) {
      const CellGrid grid = CellGrid::of(rows, columns, most);
      CAPTURE(rows);
      CAPTURE(most);
      CHECK(grid.cell_rows() * grid.cell_columns() <= most);
      CHECK(grid.cell_rows() * grid.block_rows >= rows);
      CHECK(grid.cell_columns() * grid.block_columns >= columns);
      if (rows * columns <= most) CHECK(grid.cell_rows() * grid.cell_columns() == rows * columns);
    }
  }
  const CellGrid grid = CellGrid::of(256, 64, 4096);
  CHECK(grid.cell_rows() == 64);
  CHECK(grid.block_columns == 1);
}

TEST_CASE("magnitudes fall into bins of a twentieth of a decade") {
  CHECK(MagnitudeHistogram::bin_of(0) == 0);
  CHECK(MagnitudeHistogram::bin_of(1e-9) == 0);
  CHECK(MagnitudeHistogram::bin_of(1.1e-5) == 0);
  CHECK(MagnitudeHistogram::bin_of(1.2e-5) == 1);  // 10^-4.95 = 1.122e-5
  CHECK(MagnitudeHistogram::bin_of(1.3e-5) == 2);  // 10^-4.90 = 1.259e-5
  CHECK(MagnitudeHistogram::bin_of(0.11) == 80);
  CHECK(MagnitudeHistogram::bin_of(1.1) == 100);
  CHECK(MagnitudeHistogram::bin_of(9.9) == 119);
  CHECK(MagnitudeHistogram::bin_of(1e9) == 119);
  CHECK(MagnitudeHistogram::bin_of(NAN) == 0);
}

TEST_CASE("a unit is dead where all its rows are, an input where its column is") {
  // Two blocks of three units, two inputs.
  const Bytes mask{0, 1,   // unit 0
                   0, 0,   // unit 1
                   0, 0,   // unit 2
                   0, 0,   // unit 0
                   0, 0,   // unit 1
                   0, 1};  // unit 2
  const DeadConnections gates = find_dead(mask, 6, 2, 2);
  CHECK(gates.units == Positions{1});
  CHECK(gates.inputs == Positions{0});
  CHECK(find_dead(mask, 6, 2, 1).units == Positions{1, 2, 3, 4});
  const DeadConnections all = find_dead(Bytes(12, 0), 6, 2, 3);
  CHECK(all.units == Positions{0, 1});
  CHECK(all.inputs == Positions{0, 1});
  CHECK(find_dead(Bytes(12, 1), 6, 2, 3).units.empty());
}

}  // namespace espalier
