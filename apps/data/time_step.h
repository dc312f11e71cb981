#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace espalier {

/// How the times of a series go on from row to row. Times are seconds since 1970-01-01 00:00.
class TimeStep {
 public:
  /// The step that most neighbouring rows lie apart. Rows on one day of their months make a step of
  /// months: on the last one where a month has fewer days, or where all of them are last days.
  /// Daily rows without any on a weekend go on with the next weekday. Throws Error for fewer than
  /// two rows. Times must rise.
  explicit TimeStep(std::span<const std::int64_t> times);

  /// The time `steps` steps behind `time`.
  std::int64_t after(std::int64_t time, std::size_t steps) const;
  /// The first row, from 0, that isn't one step behind the row before it; nothing: all are.
  std::optional<std::size_t> first_exception() const { return first_exception_; }
  /// How many rows are such.
  std::size_t exceptions() const { return exceptions_; }
  /// "1 hour", "3 months", "one weekday"
  std::string text() const;

 private:
  enum class Kind { seconds, weekdays, months };

  std::int64_t next(std::int64_t time) const;

  Kind kind_ = Kind::seconds;
  /// Seconds or months.
  std::int64_t length_ = 0;
  /// Of a step of months.
  unsigned day_of_month_ = 0;
  std::optional<std::size_t> first_exception_;
  std::size_t exceptions_ = 0;
};

}  // namespace espalier
