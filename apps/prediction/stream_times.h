#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/data/time.h"
#include "apps/data/time_step.h"

namespace espalier {

/// The times of rows that come one by one. Remembers the last ones only, so what it says of later
/// times goes by these.
class StreamTimes {
 public:
  /// The possible orders are tried, and one that no longer fits is given up. Remembers `most`
  /// times, or as many as it takes to tell their step.
  explicit StreamTimes(std::optional<DateOrder> order, std::size_t most = 0);

  /// A row's time in every order that is still possible; nothing where it doesn't fit.
  using Reading = std::vector<std::optional<std::int64_t>>;

  /// Throws Error unless `text` is a date after the last one taken.
  Reading read(const std::string& text) const;
  void take(const Reading& reading);

  /// How dates with slashes are read that nothing but their rows tells the order of.
  struct Guess {
    DateOrder order;
    /// One that fits all rows so far as well.
    std::optional<DateOrder> other;
    bool operator==(const Guess&) const = default;
  };
  /// Rows that are missing before one.
  struct Gap {
    /// Among the possible orders.
    std::size_t candidate = 0;
    /// In place of the row.
    std::int64_t expected = 0;
    /// The times left out; none where the row lies no whole number of steps behind the last one,
    /// or more than 10,000.
    std::vector<std::int64_t> times = {};
  };
  /// Whether the row read isn't one step behind the last one taken. Nothing, either, before three
  /// rows have told the step, and where several orders fit. A weekend is no gap while no row lies
  /// on one.
  std::optional<Gap> gap_before(const Reading& reading) const;
  /// Takes the times left out; `reading`, of the row behind them, becomes what it is after that.
  void take_gap(const Gap& gap, Reading& reading);

  /// As of the last row taken; nothing where nothing is guessed.
  std::optional<Guess> guess() const;

  /// ISO 8601, of the last row taken, of any time, and of the row `steps` steps after the last one;
  /// that is empty while a single row is known.
  std::string last() const;
  std::string text(std::int64_t time) const;
  std::string after(std::size_t steps) const;
  /// Whether two rows have told what lies between them.
  bool knows_step() const { return step_.has_value(); }
  /// The times of `count` rows that end `steps` steps after the last one taken; nothing while the
  /// step isn't known. So many must have been taken, up to `most`.
  std::vector<std::int64_t> ahead(std::size_t count, std::size_t steps) const;

 private:
  struct Candidate {
    DateOrder order;
    /// The last times, oldest first.
    std::vector<std::int64_t> recent = {};
  };
  const std::vector<std::int64_t>& recent() const { return candidates_.front().recent; }

  /// Those that fit every row so far, the likeliest first.
  std::vector<Candidate> candidates_;
  bool order_given_;
  std::size_t most_;
  bool date_only_ = true;
  std::optional<TimeStep> step_;
};

}  // namespace espalier
