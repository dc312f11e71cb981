#include "apps/data/time_step.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include <date/date.h>
#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/data/time.h"
#include "core/error.h"

namespace espalier {

namespace {

struct Moment {
  date::year_month_day day;
  std::int64_t second = 0;  // of the day
};

Moment moment_of(std::int64_t time) {
  const date::sys_seconds point{std::chrono::seconds(time)};
  const auto midnight = date::floor<date::days>(point);
  return {date::year_month_day(midnight), (point - midnight).count()};
}

std::int64_t time_of(const Moment& moment) {
  const date::sys_seconds midnight = date::sys_days(moment.day);
  return midnight.time_since_epoch().count() + moment.second;
}

std::int64_t month_number(const Moment& moment) {
  return 12 * static_cast<std::int64_t>(static_cast<int>(moment.day.year())) +
         static_cast<std::int64_t>(static_cast<unsigned>(moment.day.month()));
}

bool is_month_end(const Moment& moment) {
  return moment.day == moment.day.year() / moment.day.month() / date::last;
}

using Counts = std::map<std::int64_t, std::size_t>;

/// The smallest of those that occur most often.
std::int64_t commonest(const Counts& counts) {
  return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })
      ->first;
}

std::int64_t commonest_difference(std::span<const std::int64_t> times) {
  Counts counts;
  for (std::size_t row = 1; row < times.size(); ++row) ++counts[times[row] - times[row - 1]];
  return commonest(counts);
}

/// That day of the month, or its last where it has fewer.
date::year_month_day on_day(date::year_month month, unsigned day) {
  const date::year_month_day last(month / date::last);
  return date::day(day) < last.day() ? month / date::day(day) : last;
}

struct Months {
  std::int64_t apart;
  unsigned day;
};

/// So many months from row to row, at one time of one day; nothing where rows aren't so. Months may
/// be missing.
std::optional<Months> months_apart(std::span<const std::int64_t> times) {
  const Moment first = moment_of(times[0]);
  Months months{.apart = 0, .day = 0};
  bool at_ends = true, on_one_day = true;
  Counts counts;
  for (std::size_t row = 0; row < times.size(); ++row) {
    const Moment moment = moment_of(times[row]);
    if (moment.second != first.second) return std::nullopt;
    months.day = std::max(months.day, static_cast<unsigned>(moment.day.day()));
    at_ends = at_ends && is_month_end(moment);
    on_one_day = on_one_day && moment.day.day() == first.day.day();
    if (row == 0) continue;
    const std::int64_t apart = month_number(moment) - month_number(moment_of(times[row - 1]));
    if (apart < 1) return std::nullopt;
    ++counts[apart];
  }
  months.apart = commonest(counts);
  // Of whole years, the last day of a February stays the 28th.
  if (at_ends && !(on_one_day && months.apart % 12 == 0)) months.day = 31;
  for (const std::int64_t time : times) {
    const date::year_month_day day = moment_of(time).day;
    if (day != on_day(day.year() / day.month(), months.day)) return std::nullopt;
  }
  return months;
}

}  // namespace

TimeStep::TimeStep(std::span<const std::int64_t> times) {
  if (times.size() < 2) {
    throw Error("of a single row nobody can tell when the next one comes: give two or more");
  }
  if (const auto months = months_apart(times)) {
    kind_ = Kind::months;
    length_ = months->apart;
    day_of_month_ = months->day;
  } else {
    length_ = commonest_difference(times);
    const bool only_weekdays =
        length_ == seconds_per_day && times.size() > 5 && std::ranges::none_of(times, is_weekend);
    if (only_weekdays) kind_ = Kind::weekdays;
  }
  for (std::size_t row = 1; row < times.size(); ++row) {
    if (next(times[row - 1]) == times[row]) continue;
    if (!first_exception_) first_exception_ = row;
    ++exceptions_;
  }
}

std::int64_t TimeStep::next(std::int64_t time) const {
  switch (kind_) {
    case Kind::seconds:
      return time + length_;
    case Kind::weekdays:
      do time += length_;
      while (is_weekend(time));
      return time;
    case Kind::months:
      break;
  }
  Moment moment = moment_of(time);
  const date::year_month month =
      moment.day.year() / moment.day.month() + date::months(static_cast<int>(length_));
  moment.day = on_day(month, day_of_month_);
  return time_of(moment);
}

std::int64_t TimeStep::after(std::int64_t time, std::size_t steps) const {
  for (std::size_t step = 0; step < steps; ++step) time = next(time);
  return time;
}

std::string TimeStep::text() const {
  if (kind_ == Kind::weekdays) return "one weekday";
  if (kind_ != Kind::seconds) return counted(static_cast<std::size_t>(length_), "month");
  for (const auto& [seconds, noun] : {std::pair<std::int64_t, const char*>(seconds_per_day, "day"),
                                      {3600, "hour"},
                                      {60, "minute"}}) {
    if (length_ % seconds == 0) return counted(static_cast<std::size_t>(length_ / seconds), noun);
  }
  return counted(static_cast<std::size_t>(length_), "second");
}

}  // namespace espalier
