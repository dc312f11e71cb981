#include "apps/data/time_step.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/data/time.h"
#include "core/error.h"

namespace espalier {
namespace {

using Texts = std::vector<std::string>;

std::vector<std::int64_t> seconds(const Texts& texts) {
  std::vector<std::int64_t> times;
  for (const std::string& text : texts) times.push_back(*parse_timestamp(text, DateOrder::ymd));
  return times;
}

/// The step's name, then the times that follow.
Texts going_on(const Texts& texts, std::size_t steps) {
  const std::vector<std::int64_t> times = seconds(texts);
  const TimeStep step(times);
  Texts result{step.text()};
  for (std::size_t k = 1; k <= steps; ++k) {
    const std::int64_t time = step.after(times.back(), k);
    result.push_back(format_timestamp(time, time % 86'400 == 0));
  }
  return result;
}

}  // namespace

TEST_CASE("times go on by the step that their rows have") {
  CHECK(going_on({"2024-02-27", "2024-02-28"}, 2) == Texts{"1 day", "2024-02-29", "2024-03-01"});
  CHECK(going_on({"2024-12-31 21:00", "2024-12-31 22:00"}, 2) ==
        Texts{"1 hour", "2024-12-31T23:00:00", "2025-01-01"});
  CHECK(going_on({"2024-01-01 00:00", "2024-01-01 00:15", "2024-01-01 00:30"}, 1) ==
        Texts{"15 minutes", "2024-01-01T00:45:00"});
  CHECK(going_on({"2024-01-01 00:00:00", "2024-01-01 00:00:07"}, 1) ==
        Texts{"7 seconds", "2024-01-01T00:00:14"});
}

TEST_CASE("months have unequal lengths") {
  CHECK(going_on({"2023-11-01", "2023-12-01", "2024-01-01"}, 2) ==
        Texts{"1 month", "2024-02-01", "2024-03-01"});
  CHECK(going_on({"2023-05-15", "2023-08-15", "2023-11-15"}, 2) ==
        Texts{"3 months", "2024-02-15", "2024-05-15"});
  CHECK(going_on({"2022-03-01", "2023-03-01"}, 1) == Texts{"12 months", "2024-03-01"});
  CHECK(going_on({"2023-12-31", "2024-01-31"}, 1)[0] == "1 month");
  CHECK(going_on({"2023-11-30", "2023-12-31", "2024-01-31"}, 3) ==
        Texts{"1 month", "2024-02-29", "2024-03-31", "2024-04-30"});
  // A day that some months lack comes back in the others.
  CHECK(going_on({"2018-11-30", "2018-12-30", "2019-01-30"}, 3) ==
        Texts{"1 month", "2019-02-28", "2019-03-30", "2019-04-30"});
  CHECK(going_on({"2018-12-30", "2019-01-30", "2019-02-28"}, 1) == Texts{"1 month", "2019-03-30"});
  // Ends of months are meant where all rows are such.
  CHECK(going_on({"2021-07-31", "2021-08-31"}, 2) == Texts{"1 month", "2021-09-30", "2021-10-31"});
  CHECK(going_on({"2020-12-31", "2021-03-31"}, 2) == Texts{"3 months", "2021-06-30", "2021-09-30"});
  CHECK(going_on({"2021-04-30", "2021-06-30"}, 1) == Texts{"2 months", "2021-08-31"});
  CHECK(going_on({"2022-02-28", "2023-02-28"}, 2) ==
        Texts{"12 months", "2024-02-28", "2025-02-28"});
  CHECK(going_on({"2021-01-31", "2021-03-03"}, 1) == Texts{"31 days", "2021-04-03"});
}

TEST_CASE("months that are missing leave a step of months") {
  const std::vector<std::int64_t> times =
      seconds({"2020-01-01", "2020-02-01", "2020-03-01", "2020-05-01", "2020-06-01"});
  const TimeStep step(times);
  CHECK(step.text() == "1 month");
  CHECK(step.exceptions() == 1);
  CHECK(step.first_exception() == 3);
  CHECK(going_on({"2014-06-30", "2015-06-30", "2017-06-30"}, 1) ==
        Texts{"12 months", "2018-06-30"});
}

TEST_CASE("rows on weekdays alone go on with the next weekday") {
  // A Thursday to the Friday of the week after.
  const Texts week{"2024-05-02", "2024-05-03", "2024-05-06", "2024-05-07",
                   "2024-05-08", "2024-05-09", "2024-05-10"};
  CHECK(going_on(week, 2) == Texts{"one weekday", "2024-05-13", "2024-05-14"});
  const TimeStep step(seconds(week));
  CHECK(step.exceptions() == 0);
  // Days of which one is a Saturday don't.
  Texts days = week;
  days.insert(days.begin() + 2, "2024-05-04");
  CHECK(going_on(days, 1) == Texts{"1 day", "2024-05-11"});
}

TEST_CASE("the commonest step is taken, and what differs is counted") {
  const std::vector<std::int64_t> times =
      seconds({"2024-01-01 00:00", "2024-01-01 01:00", "2024-01-01 02:00", "2024-01-01 06:00",
               "2024-01-01 07:00", "2024-01-01 07:30"});
  const TimeStep step(times);
  CHECK(step.text() == "1 hour");
  CHECK(step.exceptions() == 2);
  CHECK(step.first_exception() == 3);
  CHECK_FALSE(TimeStep(std::span(times).first(3)).first_exception().has_value());
  CHECK_THROWS_AS(TimeStep(std::span(times).first(1)), Error);
}

}  // namespace espalier
