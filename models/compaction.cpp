#include "models/compaction.h"

#include <algorithm>
#include <numeric>

namespace espalier {

IndexList all_of(std::int64_t count) {
  IndexList indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), std::int64_t{0});
  return indices;
}

IndexList which(const std::vector<bool>& chosen) {
  IndexList indices;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) indices.push_back(static_cast<std::int64_t>(i));
  }
  return indices;
}

IndexList rows_of(const IndexList& units, std::int64_t count, std::int64_t blocks,
                  std::int64_t size) {
  IndexList rows;
  for (std::int64_t block = 0; block < blocks; ++block) {
    for (const std::int64_t unit : units) {
      for (std::int64_t i = 0; i < size; ++i) {
        rows.push_back((block * count + unit) * size + i);
      }
    }
  }
  return rows;
}

bool is_zero(const Parameter& matrix, const IndexList& rows, const IndexList& columns) {
  const Tensor value = matrix.value();
  return std::ranges::all_of(rows, [&](std::int64_t row) {
    return std::ranges::all_of(
        columns, [&](std::int64_t column) { return value[row * value.shape[1] + column] == 0; });
  });
}

void gather(const Parameter& from, const IndexList& rows, const IndexList& columns,
            const Parameter& to) {
  const Tensor source = from.value();
  real* next = to.value().data;
  for (const std::int64_t row : rows) {
    for (const std::int64_t column : columns) *next++ = source[row * source.shape[1] + column];
  }
}

void gather(const Parameter& from, const IndexList& elements, const Parameter& to) {
  real* next = to.value().data;
  for (const std::int64_t element : elements) *next++ = from.value()[element];
}

void keep_one(std::vector<bool>& chosen) {
  if (std::ranges::find(chosen, true) == chosen.end()) chosen[0] = true;
}

}  // namespace espalier
