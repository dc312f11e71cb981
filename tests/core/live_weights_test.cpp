// The lists of live weights against naive ones, and when Parameters offer them.

#include "core/live_weights.h"

#include <vector>

#include <doctest/doctest.h>

#include "core/archive.h"
#include "core/parameters.h"
#include "core/safetensors.h"
#include "tests/support/array.h"

namespace espalier::test {

namespace {

/// (line, place across) of every live weight, line by line.
using Places = std::vector<std::pair<std::size_t, std::size_t>>;

Places listed(const CompressedLines& lines) {
  Places places;
  for (std::size_t line = 0; line < lines.count; ++line) {
    for (std::size_t k = lines.begin[line]; k < lines.begin[line + 1]; ++k) {
      places.emplace_back(line, lines.across[k]);
    }
  }
  return places;
}

struct Matrix {
  std::int64_t rows, columns;
  std::vector<std::uint8_t> mask;

  Matrix(std::int64_t row_count, std::int64_t column_count, double dead, std::uint64_t seed)
      : rows(row_count), columns(column_count) {
    for (const real draw : random_array({rows, columns}, seed, 0, 1).elements) {
      mask.push_back(draw >= dead);
    }
  }

  bool live(std::size_t r, std::size_t c) const {
    return mask[r * static_cast<std::size_t>(columns) + c] != 0;
  }
  Places by_rows() const {
    Places places;
    for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
      for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
        if (live(r, c)) places.emplace_back(r, c);
      }
    }
    return places;
  }
  Places by_columns() const {
    Places places;
    for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
      for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
        if (live(r, c)) places.emplace_back(c, r);
      }
    }
    return places;
  }
};

void check_listing(const LiveWeights& live, const Matrix& matrix) {
  CHECK(live.by_rows().count == static_cast<std::size_t>(matrix.rows));
  CHECK(live.by_columns().count == static_cast<std::size_t>(matrix.columns));
  CHECK(live.count() == matrix.by_rows().size());
  CHECK((listed(live.by_rows()) == matrix.by_rows()));
  CHECK((listed(live.by_columns()) == matrix.by_columns()));
}

/// Both orders of packing, and the way back.
void check_packing(const LiveWeights& live, const Matrix& matrix) {
  const std::vector<real> values = random_array({matrix.rows, matrix.columns}, 7).elements;
  const auto width = static_cast<std::size_t>(matrix.columns);
  std::vector<real> expected;
  std::vector<real> packed(live.count() + 1, real{99});  // one too many, to see it untouched
  for (const auto& [r, c] : matrix.by_rows()) expected.push_back(values[r * width + c]);
  expected.push_back(99);
  live.pack_rows(values.data(), packed.data());
  CHECK(packed == expected);

  std::vector<real> sums(values.size(), real{0.5});
  std::vector<real> expected_sums = sums;
  for (const auto& [r, c] : matrix.by_rows()) expected_sums[r * width + c] += values[r * width + c];
  live.add_rows(packed.data(), sums.data());
  CHECK(sums == expected_sums);

  expected.clear();
  for (const auto& [c, r] : matrix.by_columns()) expected.push_back(values[r * width + c]);
  expected.push_back(99);
  live.pack_columns(values.data(), packed.data());
  CHECK(packed == expected);
}

/// A weight matrix of 20, and parameters that are none.
struct Small {
  Parameters parameters;
  Parameter& weight = parameters.add("fc.weight", ParameterKind::weight, {4, 5});
  Parameter& bias = parameters.add("fc.bias", ParameterKind::bias, {4});
  Parameter& positions = parameters.add("positions", ParameterKind::position, {4, 5});

  /// Prunes the first `count` weights of each, without telling anyone.
  void prune(std::size_t count) {
    for (const Parameter& parameter : parameters.all()) {
      for (std::size_t i = 0; i < std::min(count, parameter.size()); ++i) {
        parameters.prune(parameter.offset() + i, /*forget_state=*/true);
      }
    }
  }
};

}  // namespace

TEST_CASE("live weights are listed as a naive search finds them, by rows and by columns") {
  for (const auto& [rows, columns] :
       {std::pair{1, 1}, {1, 9}, {9, 1}, {2, 3}, {16, 16}, {37, 23}, {64, 130}}) {
    LiveWeights live(rows, columns);
    // One object for all masks, fuller and emptier in turn: nothing of the last may stay.
    std::uint64_t seed = 1;
    for (const double dead : {0.5, 0.0, 0.95, 1.0, 0.7, 0.7}) {
      INFO(rows, " × ", columns, ", ", dead, " dead");
      const Matrix matrix(rows, columns, dead, seed++);
      live.assign(matrix.mask);
      check_listing(live, matrix);
      check_packing(live, matrix);
      if (dead == 0.0) CHECK(live.count() == matrix.mask.size());
      if (dead == 1.0) CHECK(live.count() == 0);
    }
  }
}

TEST_CASE("no mask takes new memory") {
  LiveWeights live(8, 8);
  live.assign(std::vector<std::uint8_t>(64, 0));
  const std::uint32_t* const by_rows = live.by_rows().across;
  const std::uint32_t* const by_columns = live.by_columns().across;
  live.assign(std::vector<std::uint8_t>(64, 1));
  CHECK(live.by_rows().across == by_rows);
  CHECK(live.by_columns().across == by_columns);
}

TEST_CASE("weights are skipped from the share on that was asked for, and only in matrices") {
  Small small;
  small.parameters.masks_changed();
  small.prune(10);
  small.parameters.masks_changed();
  CHECK(small.weight.live() == nullptr);  // so it begins
  small.parameters.skip_pruned_from(0.55);
  CHECK(small.weight.live() == nullptr);
  small.parameters.skip_pruned_from(0.5);
  REQUIRE(small.weight.live() != nullptr);
  CHECK(small.weight.live()->count() == 10);
  CHECK(small.bias.live() == nullptr);
  CHECK(small.positions.live() == nullptr);
  small.parameters.skip_pruned_from(1.5);
  CHECK(small.weight.live() == nullptr);
}

TEST_CASE("a matrix of which nothing is pruned is not skipped through, at any share") {
  Small small;
  small.parameters.skip_pruned_from(0);
  CHECK(small.weight.live() == nullptr);
  small.prune(1);
  small.parameters.masks_changed();
  CHECK(small.weight.live() != nullptr);
  small.prune(20);
  small.parameters.masks_changed();
  REQUIRE(small.weight.live() != nullptr);
  CHECK(small.weight.live()->count() == 0);
}

TEST_CASE("what prune and regrow make stale isn't offered until masks_changed") {
  Small small;
  small.parameters.skip_pruned_from(0);
  small.prune(3);
  CHECK(small.parameters.masks_are_stale());
  CHECK(small.weight.live() == nullptr);
  small.parameters.masks_changed();
  CHECK(!small.parameters.masks_are_stale());
  REQUIRE(small.weight.live() != nullptr);
  CHECK(listed(small.weight.live()->by_rows()).front() ==
        std::pair<std::size_t, std::size_t>(0, 3));

  small.parameters.regrow(small.weight.offset() + 1);
  CHECK(small.parameters.masks_are_stale());
  CHECK(small.weight.live() == nullptr);
  small.parameters.masks_changed();
  REQUIRE(small.weight.live() != nullptr);
  CHECK(small.weight.live()->count() == 18);
  CHECK(listed(small.weight.live()->by_rows()).front() ==
        std::pair<std::size_t, std::size_t>(0, 1));
}

TEST_CASE("masks set or loaded as a whole are listed at once") {
  Small pruned;
  pruned.parameters.skip_pruned_from(0);
  pruned.prune(7);
  Small set;
  set.parameters.skip_pruned_from(0);
  set.parameters.set_masks(pruned.parameters.masks());
  REQUIRE(set.weight.live() != nullptr);
  CHECK(set.weight.live()->count() == 13);

  Safetensors file;
  SavingArchive saving(file);
  serialize(saving, pruned.parameters);
  CHECK(pruned.weight.live() != nullptr);
  Small loaded;
  loaded.parameters.skip_pruned_from(0);
  CHECK(loaded.weight.live() == nullptr);
  LoadingArchive loading(file);
  serialize(loading, loaded.parameters);
  REQUIRE(loaded.weight.live() != nullptr);
  CHECK((listed(loaded.weight.live()->by_columns()) == listed(set.weight.live()->by_columns())));
}

}  // namespace espalier::test
