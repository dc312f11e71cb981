#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "apps/data/frame.h"
#include "core/protocol.h"

namespace espalier {

/// Windows by their index (= first input row) and the part they belong to, each part ascending.
struct WindowSplit {
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;
  /// Scored. Under `author` the same windows as `validation`.
  std::vector<std::size_t> test;
  /// Windows that belong to no part, because their targets lie on both sides of a cut.
  std::size_t straddling = 0;
  /// Per series: rows from its start that a scaler may look at: all under `author`.
  std::vector<std::size_t> train_rows = {};
};

/// Windows of `window` input rows followed by `horizon` target rows: rows − window − horizon + 1.
std::size_t count_windows(std::size_t rows, std::size_t window, std::size_t horizon);

/// Shares out the windows of `rows` rows in the order of time.
///
/// honest: `shares` of train, validation and test rows; the cuts lie at ⌊cumulative share · rows⌋.
/// A window belongs to the part that holds all its target rows. Its inputs may reach back into an
/// earlier part: when it is forecast they are known.
///
/// author: `shares` of train and validation; the first ⌊share · windows⌋ windows train, the others
/// validate and are scored as well.
///
/// Throws Error where a part would be left without a window, saying how many rows it would take.
WindowSplit split_windows(std::size_t rows, std::size_t window, std::size_t horizon,
                          std::span<const double> shares, Protocol protocol);

/// The same of every series of a frame by itself, as far as their targets are known. A series may
/// be too short for some of the parts, or for any.
WindowSplit split_windows(const Frame& frame, std::size_t window, std::size_t horizon,
                          std::span<const double> shares, Protocol protocol);

/// Shares out the windows of series of which only the rows up to Series::known_end can be learnt
/// from, as "honest" does: into training and validation, whose rows are as the first two of
/// `shares` to each other; none is scored. Throws UsageError where training or validation would be
/// left without a window.
WindowSplit split_known_rows(std::span<const Series> all, std::size_t window, std::size_t horizon,
                             std::span<const double> shares);

}  // namespace espalier
