#include "apps/inspect/snapshot.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

constexpr double largest_code = 127;

}  // namespace

CellGrid CellGrid::of(std::int64_t rows, std::int64_t columns, std::int64_t most_cells) {
  CellGrid grid{.rows = rows, .columns = columns};
  while (grid.cell_rows() * grid.cell_columns() > most_cells) {
    ++(grid.cell_rows() >= grid.cell_columns() ? grid.block_rows : grid.block_columns);
  }
  return grid;
}

QuantisedCells quantise(std::span<const real> values, std::span<const std::uint8_t> mask,
                        const CellGrid& grid) {
  QuantisedCells result;
  const auto cells = static_cast<std::size_t>(grid.cell_rows() * grid.cell_columns());
  std::vector<real> largest(cells, real{0});
  result.cells.assign(cells, QuantisedCells::pruned);
  for (std::int64_t row = 0; row < grid.rows; ++row) {
    const std::int64_t first_cell = row / grid.block_rows * grid.cell_columns();
    for (std::int64_t column = 0; column < grid.columns; ++column) {
      const auto weight = static_cast<std::size_t>(row * grid.columns + column);
      if (mask[weight] == 0) continue;
      const auto cell = static_cast<std::size_t>(first_cell + column / grid.block_columns);
      result.cells[cell] = 0;
      if (std::abs(values[weight]) > std::abs(largest[cell])) largest[cell] = values[weight];
    }
  }
  for (const real value : largest) {
    result.scale = std::max(result.scale, std::abs(static_cast<double>(value)));
  }
  for (std::size_t cell = 0; cell < cells && result.scale > 0; ++cell) {
    if (result.cells[cell] == QuantisedCells::pruned) continue;
    const double code =
        std::round(largest_code * static_cast<double>(largest[cell]) / result.scale);
    result.cells[cell] = static_cast<std::int8_t>(code);
  }
  return result;
}

std::size_t MagnitudeHistogram::bin_of(double magnitude) {
  if (!(magnitude > 0)) return 0;
  const double bin = std::floor((std::log10(magnitude) - lowest_decade) * bins_per_decade);
  return static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(bins - 1)));
}

std::vector<std::uint8_t> pack_mask(std::span<const std::uint8_t> mask) {
  std::vector<std::uint8_t> bits((mask.size() + 7) / 8);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] != 0) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (1U << (i % 8)));
  }
  return bits;
}

std::vector<std::uint8_t> unpack_mask(std::span<const std::uint8_t> bits, std::size_t count) {
  std::vector<std::uint8_t> mask(count);
  for (std::size_t i = 0; i < count; ++i)
    mask[i] = static_cast<std::uint8_t>((unsigned{bits[i / 8]} >> (i % 8)) & 1U);
  return mask;
}

double euclidean_norm(std::span<const real> values) {
  double squares = 0;
  for (const real value : values)
    squares += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(squares);
}

double Snapshot::achieved_sparsity() const {
  if (update.prunable == 0) return 0;
  return static_cast<double>(update.pruned) / static_cast<double>(update.prunable);
}

DeadConnections find_dead(std::span<const std::uint8_t> mask, std::int64_t rows,
                          std::int64_t columns, std::int64_t blocks) {
  const std::int64_t units = rows / blocks;
  std::vector<bool> unit_lives(static_cast<std::size_t>(units));
  std::vector<bool> input_lives(static_cast<std::size_t>(columns));
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      if (mask[static_cast<std::size_t>(row * columns + column)] == 0) continue;
      unit_lives[static_cast<std::size_t>(row % units)] = true;
      input_lives[static_cast<std::size_t>(column)] = true;
    }
  }
  const auto positions_of_dead = [](const std::vector<bool>& lives) {
    std::vector<std::int64_t> dead;
    for (std::size_t i = 0; i < lives.size(); ++i) {
      if (!lives[i]) dead.push_back(static_cast<std::int64_t>(i));
    }
    return dead;
  };
  return {positions_of_dead(unit_lives), positions_of_dead(input_lives)};
}

}  // namespace espalier
