#include "apps/data/split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Windows [begin, end) of one part.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end > begin ? end - begin : 0; }
  /// Adds the windows to `list`, counted from row `first` of the frame.
  void append_to(std::vector<std::size_t>& list, std::size_t first) const {
    for (std::size_t index = begin; index < end; ++index) list.push_back(first + index);
  }
};

struct Parts {
  Range train;
  Range validation;
  Range test;
  std::size_t train_rows = 0;

  bool complete() const { return train.size() > 0 && validation.size() > 0 && test.size() > 0; }
};

void check_shares(std::span<const double> shares, Protocol protocol) {
  const std::size_t expected = protocol == Protocol::author ? 2 : 3;
  double sum = 0;
  bool positive = true;
  for (const double share : shares) {
    sum += share;
    positive = positive && share > 0;
  }
  if (shares.size() == expected && positive && std::abs(sum - 1) <= 1e-9) return;
  throw Error(fmt::format(
      "\"split\" is [{}]; expected {} shares above 0 that sum to 1", fmt::join(shares, ", "),
      expected == 2 ? "two (train, validation)" : "three (train, validation, test)"));
}

Parts honest_parts(std::size_t rows, std::size_t window, std::size_t horizon,
                   std::span<const double> shares) {
  // 0.7 + 0.1 is just below 0.8 in binary; the cut of ten rows is still at 8.
  const auto cut = [rows](double share) {
    return static_cast<std::size_t>(std::floor(share * static_cast<double>(rows) + 1e-9));
  };
  const std::size_t first = cut(shares[0]);
  const std::size_t second = cut(shares[0] + shares[1]);
  // Windows whose first target row is `begin` or later and whose last one is before `end`.
  const auto with_targets_in = [window, horizon](std::size_t begin, std::size_t end) {
    const std::size_t last = end >= window + horizon ? end - window - horizon + 1 : 0;
    return Range{begin > window ? begin - window : 0, last};
  };
  return {with_targets_in(0, first), with_targets_in(first, second), with_targets_in(second, rows),
          first};
}

Parts author_parts(std::size_t rows, std::size_t window, std::size_t horizon,
                   std::span<const double> shares) {
  const std::size_t windows = count_windows(rows, window, horizon);
  const auto train = static_cast<std::size_t>(shares[0] * static_cast<double>(windows));
  const Range scored{train, windows};
  return {Range{0, train}, scored, scored, rows};
}

Parts parts_of(std::size_t rows, std::size_t window, std::size_t horizon,
               std::span<const double> shares, Protocol protocol) {
  return protocol == Protocol::author ? author_parts(rows, window, horizon, shares)
                                      : honest_parts(rows, window, horizon, shares);
}

/// Rows that are sure to give every part a window. A few less may do, where rounding is kind.
std::size_t rows_needed(std::size_t window, std::size_t horizon, std::span<const double> shares,
                        Protocol protocol) {
  const auto filling = [](std::size_t rows, double share) {
    return static_cast<std::size_t>(std::ceil(static_cast<double>(rows) / share - 1e-9));
  };
  if (protocol == Protocol::author) return filling(1, shares[0]) + window + horizon - 1;
  return std::max({filling(window + horizon, shares[0]), filling(horizon, shares[1]),
                   filling(horizon, shares[2])});
}

void check_request(std::size_t window, std::size_t horizon, std::span<const double> shares,
                   Protocol protocol) {
  if (window == 0 || horizon == 0) throw Error("\"window\" and \"horizon\" must be 1 or more");
  check_shares(shares, protocol);
}

/// Adds the parts of a series that begins at row `first`.
void append(const Parts& parts, std::size_t first, WindowSplit& split) {
  parts.train.append_to(split.train, first);
  parts.validation.append_to(split.validation, first);
  parts.test.append_to(split.test, first);
  split.train_rows.push_back(parts.train_rows);
}

std::size_t placed_windows(const WindowSplit& split, Protocol protocol) {
  const std::size_t placed = split.train.size() + split.validation.size();
  return protocol == Protocol::honest ? placed + split.test.size() : placed;
}

}  // namespace

std::size_t count_windows(std::size_t rows, std::size_t window, std::size_t horizon) {
  return rows >= window + horizon ? rows - window - horizon + 1 : 0;
}

WindowSplit split_windows(std::size_t rows, std::size_t window, std::size_t horizon,
                          std::span<const double> shares, Protocol protocol) {
  check_request(window, horizon, shares, protocol);
  const Parts parts = parts_of(rows, window, horizon, shares, protocol);
  if (!parts.complete()) {
    throw UsageError(fmt::format(
        "{} rows are too few: window {}, horizon {} and split [{}] need {} for every part to hold "
        "a window (here {} train, {} validate, {} are scored); shorten \"window\" or \"horizon\"",
        rows, window, horizon, fmt::join(shares, ", "),
        rows_needed(window, horizon, shares, protocol), parts.train.size(), parts.validation.size(),
        parts.test.size()));
  }
  WindowSplit split;
  append(parts, 0, split);
  split.straddling = count_windows(rows, window, horizon) - placed_windows(split, protocol);
  const std::size_t expected = protocol == Protocol::honest ? 2 * (horizon - 1) : 0;
  if (split.straddling != expected) {
    throw Error(fmt::format("[split] {} windows belong to no part, expected {}", split.straddling,
                            expected));
  }
  return split;
}

WindowSplit split_windows(const Frame& frame, std::size_t window, std::size_t horizon,
                          std::span<const double> shares, Protocol protocol) {
  const std::vector<Series> all = frame.all_series();
  if (all.size() == 1) {
    return split_windows(all.front().known_rows(), window, horizon, shares, protocol);
  }
  check_request(window, horizon, shares, protocol);
  WindowSplit split;
  std::size_t windows = 0;
  for (const Series& series : all) {
    append(parts_of(series.known_rows(), window, horizon, shares, protocol), series.begin, split);
    windows += count_windows(series.known_rows(), window, horizon);
  }
  if (split.train.empty() || split.validation.empty() || split.test.empty()) {
    throw UsageError(fmt::format(
        "{} series are too short: window {}, horizon {} and split [{}] take one of {} rows for "
        "every part to hold a window (here {} train, {} validate, {} are scored); shorten "
        "\"window\" or \"horizon\"",
        all.size(), window, horizon, fmt::join(shares, ", "),
        rows_needed(window, horizon, shares, protocol), split.train.size(), split.validation.size(),
        split.test.size()));
  }
  split.straddling = windows - placed_windows(split, protocol);
  return split;
}

WindowSplit split_known_rows(std::span<const Series> all, std::size_t window, std::size_t horizon,
                             std::span<const double> shares) {
  if (window == 0 || horizon == 0) throw Error("\"window\" and \"horizon\" must be 1 or more");
  check_shares(shares, Protocol::honest);
  const double learning = shares[0] / (shares[0] + shares[1]);
  const std::array<double, 2> of_known{learning, 1 - learning};
  WindowSplit split;
  std::size_t rows = 0;
  std::size_t windows = 0;
  for (const Series& series : all) {
    const std::size_t known = series.known_rows();
    append(honest_parts(known, window, horizon, of_known), series.begin, split);
    rows += known;
    windows += count_windows(known, window, horizon);
  }
  if (split.train.empty() || split.validation.empty()) {
    throw UsageError(fmt::format(
        "{} rows{} are too few to learn from: window {}, horizon {} and split [{}] leave {} windows "
        "to train and {} to validate",
        rows, all.size() > 1 ? fmt::format(" of {} series", all.size()) : "", window, horizon,
        fmt::join(shares, ", "), split.train.size(), split.validation.size()));
  }
  split.straddling = windows - split.train.size() - split.validation.size();
  return split;
}

}  // namespace espalier
