#include "apps/data/calendar.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numbers>

#include <date/date.h>
#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/time.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

/// A moment as a calendar has it; days with their fraction.
struct CalendarMoment {
  /// Since midnight.
  double day_part = 0;
  date::sys_days midnight;
  date::year_month_day day;
};

CalendarMoment calendar_moment(std::int64_t seconds) {
  const date::sys_seconds time{std::chrono::seconds(seconds)};
  const auto midnight = date::floor<date::days>(time);
  return {.day_part =
              static_cast<double>((time - midnight).count()) / static_cast<double>(seconds_per_day),
          .midnight = midnight,
          .day = date::year_month_day(midnight)};
}

double days_since(const CalendarMoment& moment, date::sys_days start) {
  return static_cast<double>((moment.midnight - start).count()) + moment.day_part;
}

date::sys_days first_of_month(date::year_month month) {
  return date::sys_days(month / date::day(1));
}

double hour_of_day(const CalendarMoment& moment) {
  return moment.day_part;
}

double day_of_week(const CalendarMoment& moment) {
  return (date::weekday(moment.midnight).iso_encoding() - 1 + moment.day_part) / 7;
}

double day_of_month(const CalendarMoment& moment) {
  const date::year_month month = moment.day.year() / moment.day.month();
  const date::sys_days start = first_of_month(month);
  return days_since(moment, start) /
         static_cast<double>((first_of_month(month + date::months(1)) - start).count());
}

double day_of_year(const CalendarMoment& moment) {
  const date::sys_days start(moment.day.year() / date::January / 1);
  const date::sys_days next((moment.day.year() + date::years(1)) / date::January / 1);
  return days_since(moment, start) / static_cast<double>((next - start).count());
}

double month_of_year(const CalendarMoment& moment) {
  return (static_cast<unsigned>(moment.day.month()) - 1) / 12.0;
}

struct Period {
  const char* name;
  double (*passed)(const CalendarMoment&);
};

constexpr Period periods[] = {{"hour_of_day", hour_of_day},
                              {"day_of_week", day_of_week},
                              {"day_of_month", day_of_month},
                              {"day_of_year", day_of_year},
                              {"month_of_year", month_of_year}};

void add_feature(Frame& frame, std::string name, std::vector<double> values, std::size_t lead) {
  if (std::ranges::find(frame.names, name) != frame.names.end()) {
    throw UsageError(
        fmt::format("{}: \"calendar\" makes a column {}, but there is one already; rename it",
                    frame.path, in_quotes(name)));
  }
  frame.leads.resize(frame.features.size(), 0);
  frame.leads.push_back(lead);
  frame.features.push_back(frame.columns.size());
  frame.names.push_back(std::move(name));
  frame.columns.push_back(std::move(values));
}

}  // namespace

std::vector<double> calendar_values(std::span<const std::string> names, std::int64_t time) {
  const CalendarMoment moment = calendar_moment(time);
  std::vector<double> values;
  for (const std::string& name : names) {
    const auto period = std::ranges::find(periods, name, &Period::name);
    if (period == std::end(periods)) {
      throw Error(fmt::format("[calendar] {} is no part of a calendar", in_quotes(name)));
    }
    const double angle = 2 * std::numbers::pi * period->passed(moment);
    values.insert(values.end(), {std::sin(angle), std::cos(angle)});
  }
  return values;
}

void add_calendar(Frame& frame, std::span<const std::string> names, std::size_t lead) {
  if (names.empty()) return;
  if (frame.times.empty()) {
    throw UsageError(fmt::format(
        "{}: \"calendar\" takes times, but \"time\" names no column; name it or leave \"calendar\" "
        "out",
        frame.path));
  }
  std::vector<std::vector<double>> columns(2 * names.size());
  for (const std::int64_t time : frame.times) {
    const std::vector<double> values = calendar_values(names, time);
    for (std::size_t c = 0; c < values.size(); ++c) columns[c].push_back(values[c]);
  }
  for (std::size_t n = 0; n < names.size(); ++n) {
    add_feature(frame, names[n] + "_sin", std::move(columns[2 * n]), lead);
    add_feature(frame, names[n] + "_cos", std::move(columns[2 * n + 1]), lead);
  }
}

}  // namespace espalier
