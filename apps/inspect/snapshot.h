#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/regularizer.h"

namespace espalier {

/// The cells in which a heat map shows a matrix: one per weight, or, of a large matrix, one per
/// block of weights.
struct CellGrid {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  /// Weights in one cell, down and across; cells at the lower and right edge may have fewer.
  std::int64_t block_rows = 1;
  std::int64_t block_columns = 1;

  /// With blocks large enough that there are at most `most_cells` (1 or more), as square as may be.
  static CellGrid of(std::int64_t rows, std::int64_t columns, std::int64_t most_cells);

  std::int64_t cell_rows() const { return (rows + block_rows - 1) / block_rows; }
  std::int64_t cell_columns() const { return (columns + block_columns - 1) / block_columns; }
};

/// Values of a matrix in 8 bits each, one per cell.
struct QuantisedCells {
  /// A cell all of whose weights are pruned; no value is quantised to it.
  static constexpr std::int8_t pruned = -128;

  /// The live weight of largest magnitude in the cell, in units of `scale` / 127; row by row.
  std::vector<std::int8_t> cells = {};
  /// The largest magnitude of all.
  double scale = 0;
};

QuantisedCells quantise(std::span<const real> values, std::span<const std::uint8_t> mask,
                        const CellGrid& grid);

/// How many weights there are of each magnitude: bins a twentieth of a decade wide from 10⁻⁵ to 10.
/// The first and the last also hold what lies beyond.
struct MagnitudeHistogram {
  static constexpr std::size_t bins = 120;
  static constexpr int bins_per_decade = 20;
  static constexpr int lowest_decade = -5;

  static std::size_t bin_of(double magnitude);

  /// Weights that stay live.
  std::array<std::uint32_t, bins> kept{};
  /// Weights that the update took, by the magnitudes it found.
  std::array<std::uint32_t, bins> taken{};
};

/// A mask of bytes, 1 = live, as bits: weight i is bit i mod 8 of byte i / 8. And back.
std::vector<std::uint8_t> pack_mask(std::span<const std::uint8_t> mask);
std::vector<std::uint8_t> unpack_mask(std::span<const std::uint8_t> bits, std::size_t count);

double euclidean_norm(std::span<const real> values);

/// What is kept of one weight matrix at one moment.
struct MatrixRecord {
  std::vector<std::uint8_t> mask_bits = {};
  QuantisedCells values = {};
  MagnitudeHistogram histogram = {};
  std::int64_t survivors = 0;
  /// Euclidean norms; the gradient's is that of the step just done, as the optimizer saw it.
  double weight_norm = 0;
  double gradient_norm = 0;
};

/// A weight matrix [rows, columns]: what the records at each moment have in common.
struct MatrixInfo {
  std::string name = {};
  CellGrid grid = {};
  /// As ParameterTraits says.
  std::int64_t blocks = 1;
  bool recurrent = false;
  /// Position in the list of the matrix whose rows feed the same units; its own if there is none.
  std::size_t units_of = 0;

  std::size_t size() const { return static_cast<std::size_t>(grid.rows * grid.columns); }
};

/// A network's weight matrices at one moment of training.
struct Snapshot {
  enum class Moment {
    start,      ///< before the first step
    update,     ///< after a step that updated masks
    epoch_end,  ///< after an epoch
    scored,     ///< after training, with the weights that are scored
  };

  Moment moment = Moment::start;
  /// Of the update or epoch, counted from 0: its line in pruning.jsonl or metrics.jsonl.
  std::int64_t number = 0;
  TrainingProgress progress = {};
  /// Of an update; at other moments only its counts are set, among the weights that the updates
  /// count (which may be fewer than all: the weights of attention, say).
  MaskUpdate update = {};
  /// Not an update's, and counted among all weight matrices: the updates count among some here,
  /// among others there.
  bool of_all_matrices = false;
  /// In the order of the MatrixInfo.
  std::vector<MatrixRecord> matrices = {};

  double achieved_sparsity() const;
};

/// What is cut off in a matrix: units none of whose incoming weights are live (unit j owns row j of
/// each of the blocks of rows), and inputs that no live weight reads.
struct DeadConnections {
  std::vector<std::int64_t> units;
  std::vector<std::int64_t> inputs;
};

/// `mask` is [rows, columns], row-major, 1 = live.
DeadConnections find_dead(std::span<const std::uint8_t> mask, std::int64_t rows,
                          std::int64_t columns, std::int64_t blocks);

}  // namespace espalier
