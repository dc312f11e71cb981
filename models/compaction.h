#pragma once

#include <cstdint>
#include <vector>

#include "core/parameters.h"

namespace espalier {

// What the models' compactions share: choosing units, and moving what belongs to them.

/// Rows or columns of a matrix, or elements of a vector.
using IndexList = std::vector<std::int64_t>;

/// 0 to count − 1.
IndexList all_of(std::int64_t count);
/// Those of the entries that hold.
IndexList which(const std::vector<bool>& chosen);
/// Where unit or head j stands in `blocks` equal blocks of count·size rows: for each block, rows
/// j·size to (j + 1)·size − 1.
IndexList rows_of(const IndexList& units, std::int64_t count, std::int64_t blocks,
                  std::int64_t size = 1);

/// Whether the matrix is 0 wherever one of the rows meets one of the columns.
bool is_zero(const Parameter& matrix, const IndexList& rows, const IndexList& columns);

/// `to` ← what of `from` the rows and columns have in common.
void gather(const Parameter& from, const IndexList& rows, const IndexList& columns,
            const Parameter& to);
void gather(const Parameter& from, const IndexList& elements, const Parameter& to);

/// The first unit where none is chosen: no layer can be empty.
void keep_one(std::vector<bool>& chosen);

}  // namespace espalier
