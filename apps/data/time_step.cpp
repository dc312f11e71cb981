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

/// So many months from each row to the next, on one day of the month or always its last.
std::optional<std::int64_t> months_apart(std::span<const std::int64_t> times, bool at_ends) {
  const Moment first = moment_of(times[0]);
  std::optional<std::int64_t> apart;
  for (std::size_t row = 0; row < times.size(); ++row) {
    const Moment moment = moment_of(times[row]);
    const bool fits = at_ends ? is_month_end(moment) : moment.day.day() == first.day.day();
    if (!fits || moment.second != first.second) return std::nullopt;
    if (row == 0) continue;
    const std::int64_t months = month_number(moment) - month_number(moment_of(times[row - 1]));
    if (months < 1 || (apart && *apart != months)) return std::nullopt;
    apart = months;
  }
  return apart;
}

/// The smallest of those that occur most often.
std::int64_t commonest_difference(std::span<const std::int64_t> times) {
  std::map<std::int64_t, std::size_t> counts;
  for (std::size_t row = 1; row < times.size(); ++row) ++counts[times[row] - times[row - 1]];
  return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })
      ->first;
}

}  // namespace

TimeStep::TimeStep(std::span<const std::int64_t> times) {
  if (times.size() < 2) {
    throw Error("of a single row nobody can tell when the next one comes: give two or more");
  }
  if (const auto months = months_apart(times, /*at_ends=*/false)) {
    kind_ = Kind::months;
    length_ = *months;
  } else if (const auto ends = months_apart(times, /*at_ends=*/true)) {
    kind_ = Kind::month_ends;
    length_ = *ends;
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
    case Kind::month_ends:
      break;
  }
  Moment moment = moment_of(time);
  const date::year_month month =
      moment.day.year() / moment.day.month() + date::months(static_cast<int>(length_));
  moment.day = kind_ == Kind::month_ends ? date::year_month_day(month / date::last)
                                         : date::year_month_day(month / moment.day.day());
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
