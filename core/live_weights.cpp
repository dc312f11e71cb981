#include "core/live_weights.h"

#include <algorithm>

namespace espalier {

LiveWeights::LiveWeights(std::int64_t rows, std::int64_t columns)
    : rows_(static_cast<std::size_t>(rows)), columns_(static_cast<std::size_t>(columns)) {
  row_begin_.resize(rows_ + 1);
  column_begin_.resize(columns_ + 1);
  column_.reserve(rows_ * columns_);
  row_.reserve(rows_ * columns_);
}

void LiveWeights::assign(std::span<const std::uint8_t> mask) {
  column_.clear();
  std::ranges::fill(column_begin_, 0U);
  for (std::size_t r = 0; r < rows_; ++r) {
    row_begin_[r] = static_cast<std::uint32_t>(column_.size());
    for (std::size_t c = 0; c < columns_; ++c) {
      if (!mask[r * columns_ + c]) continue;
      column_.push_back(static_cast<std::uint32_t>(c));
      ++column_begin_[c + 1];
    }
  }
  row_begin_[rows_] = static_cast<std::uint32_t>(column_.size());
  for (std::size_t c = 0; c < columns_; ++c) column_begin_[c + 1] += column_begin_[c];

  // Rows come in order, so each column's do too; begins move to the next free place and back.
  row_.resize(column_.size());
  for (std::size_t r = 0; r < rows_; ++r) {
    for (std::size_t k = row_begin_[r]; k < row_begin_[r + 1]; ++k) {
      row_[column_begin_[column_[k]]++] = static_cast<std::uint32_t>(r);
    }
  }
  std::shift_right(column_begin_.begin(), column_begin_.end(), 1);
  column_begin_[0] = 0;
}

void LiveWeights::pack_rows(const real* matrix, real* packed) const {
  for (std::size_t r = 0; r < rows_; ++r) {
    const real* row = matrix + r * columns_;
    for (std::size_t k = row_begin_[r]; k < row_begin_[r + 1]; ++k) packed[k] = row[column_[k]];
  }
}

void LiveWeights::pack_columns(const real* matrix, real* packed) const {
  for (std::size_t c = 0; c < columns_; ++c) {
    for (std::size_t k = column_begin_[c]; k < column_begin_[c + 1]; ++k) {
      packed[k] = matrix[row_[k] * columns_ + c];
    }
  }
}

void LiveWeights::add_rows(const real* packed, real* matrix) const {
  for (std::size_t r = 0; r < rows_; ++r) {
    real* row = matrix + r * columns_;
    for (std::size_t k = row_begin_[r]; k < row_begin_[r + 1]; ++k) row[column_[k]] += packed[k];
  }
}

}  // namespace espalier
