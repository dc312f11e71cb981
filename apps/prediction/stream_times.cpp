#include "apps/prediction/stream_times.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Times remembered: enough to know weekdays from days and months from weeks.
constexpr std::size_t most_times = 64;

}  // namespace

StreamTimes::StreamTimes(std::optional<DateOrder> order) {
  if (order) {
    candidates_.push_back({*order});
  } else {
    candidates_ = {{DateOrder::ymd}, {DateOrder::mdy}, {DateOrder::dmy}};
  }
}

StreamTimes::Reading StreamTimes::read(const std::string& text) const {
  Reading reading;
  bool is_date = false;
  for (const Candidate& candidate : candidates_) {
    reading.push_back(parse_timestamp(text, candidate.order));
    is_date = is_date || reading.back();
    const bool rises =
        !reading.back() || candidate.recent.empty() || *reading.back() > candidate.recent.back();
    if (!rises) reading.back().reset();
  }
  if (std::ranges::any_of(reading, [](const auto& time) { return time.has_value(); })) {
    return reading;
  }
  if (is_date) {
    throw Error(
        fmt::format("time {} does not come after {}, the last row's", in_quotes(text), last()));
  }
  throw Error(fmt::format("time {} is not a valid {} date{}", in_quotes(text),
                          layout_name(candidates_.front().order),
                          recent().empty() ? "" : ", as those before it are"));
}

void StreamTimes::take(const Reading& reading) {
  const DateOrder before = candidates_.front().order;
  std::vector<Candidate> fitting;
  for (std::size_t i = 0; i < reading.size(); ++i) {
    if (!reading[i]) continue;
    std::vector<std::int64_t>& times = candidates_[i].recent;
    if (times.size() == most_times) times.erase(times.begin());
    times.push_back(*reading[i]);
    if (reading.size() > 1) fitting.push_back(std::move(candidates_[i]));
  }
  if (reading.size() > 1) candidates_ = std::move(fitting);
  date_only_ = date_only_ && are_dates(std::span(recent()).last(1));
  if (recent().size() < 2) return;
  const std::int64_t now = recent().back();
  const bool expected = step_ && candidates_.front().order == before &&
                        recent().size() == most_times &&
                        step_->after(recent()[recent().size() - 2], 1) == now;
  if (!expected) step_.emplace(recent());
}

std::string StreamTimes::text(std::int64_t time) const {
  return format_timestamp(time, date_only_ && are_dates(std::span(&time, 1)));
}

std::string StreamTimes::last() const {
  return text(recent().back());
}

std::string StreamTimes::after(std::size_t steps) const {
  return step_ ? text(step_->after(recent().back(), steps)) : "";
}

}  // namespace espalier
