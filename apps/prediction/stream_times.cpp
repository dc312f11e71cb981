#include "apps/prediction/stream_times.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Times that tell the step: enough to know weekdays from days and months from weeks.
constexpr std::size_t times_of_step = 64;
/// A gap of more rows is a mistake in a time.
constexpr std::size_t most_inserted = 10'000;

}  // namespace

StreamTimes::StreamTimes(std::optional<DateOrder> order, std::size_t most)
    : order_given_(order.has_value()), most_(std::max(most, times_of_step)) {
  for (const DateOrder possible : possible_orders(order)) candidates_.push_back({possible});
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
    const bool fraction = text.find_first_of(".,") != std::string::npos;
    throw Error(fmt::format("time {} does not come after {}, the last row's{}", in_quotes(text),
                            last(), fraction ? "; fractions of a second are not kept" : ""));
  }
  std::vector<DateOrder> orders;
  for (const Candidate& candidate : candidates_) orders.push_back(candidate.order);
  throw Error(fmt::format("time {} is not a valid {} date{}", in_quotes(text), layout_names(orders),
                          recent().empty() ? "" : ", as those before it are"));
}

void StreamTimes::take(const Reading& reading) {
  const DateOrder before = candidates_.front().order;
  std::vector<Candidate> fitting;
  for (std::size_t i = 0; i < reading.size(); ++i) {
    if (!reading[i]) continue;
    std::vector<std::int64_t>& times = candidates_[i].recent;
    if (times.size() == most_) times.erase(times.begin());
    times.push_back(*reading[i]);
    if (reading.size() > 1) fitting.push_back(std::move(candidates_[i]));
  }
  if (reading.size() > 1) candidates_ = std::move(fitting);
  date_only_ = date_only_ && are_dates(std::span(recent()).last(1));
  if (recent().size() < 2) return;
  const std::int64_t now = recent().back();
  const bool expected = step_ && candidates_.front().order == before &&
                        recent().size() >= times_of_step &&
                        step_->after(recent()[recent().size() - 2], 1) == now;
  if (!expected) {
    step_.emplace(std::span(recent()).last(std::min(recent().size(), times_of_step)));
  }
}

std::optional<StreamTimes::Gap> StreamTimes::gap_before(const Reading& reading) const {
  const auto fits = [](const auto& time) { return time.has_value(); };
  const auto fitting = std::ranges::find_if(reading, fits);
  if (std::ranges::count_if(reading, fits) != 1) return std::nullopt;
  Gap gap{.candidate = static_cast<std::size_t>(fitting - reading.begin())};
  const std::span<const std::int64_t> all = candidates_[gap.candidate].recent;
  const auto times = all.last(std::min(all.size(), times_of_step));
  if (times.size() < 3) return std::nullopt;
  const TimeStep step(times);
  // Three rows with two steps between them tell none.
  if (2 * step.exceptions() >= times.size() - 1) return std::nullopt;
  gap.expected = step.after(times.back(), 1);
  if (gap.expected == **fitting) return std::nullopt;
  std::int64_t next = gap.expected;
  for (; next < **fitting && gap.times.size() < most_inserted; next = step.after(next, 1)) {
    gap.times.push_back(next);
  }
  if (next != **fitting) gap.times.clear();
  // No row on a weekend so far, and one is left out: the rows are weekdays, as far as one can tell,
  // and what is inserted on a weekend would belie that for good.
  const bool days = gap.expected == times.back() + seconds_per_day;
  if (days && !gap.times.empty() && is_weekend(gap.expected) &&
      std::ranges::none_of(times, is_weekend) && !is_weekend(**fitting)) {
    std::erase_if(gap.times, is_weekend);
    if (gap.times.empty()) return std::nullopt;
    gap.expected = gap.times.front();
  }
  return gap;
}

void StreamTimes::take_gap(const Gap& gap, Reading& reading) {
  const std::optional<std::int64_t> time = reading[gap.candidate];
  for (const std::int64_t missing : gap.times) {
    // The first one leaves no other order.
    Reading inserted(candidates_.size());
    inserted[candidates_.size() > 1 ? gap.candidate : 0] = missing;
    take(inserted);
  }
  if (!gap.times.empty()) reading = {time};
}

std::optional<StreamTimes::Guess> StreamTimes::guess() const {
  const DateOrder order = candidates_.front().order;
  if (order_given_ || recent().empty() || order == DateOrder::ymd) return std::nullopt;
  Guess guess{order, std::nullopt};
  if (candidates_.size() > 1) guess.other = candidates_[1].order;
  return guess;
}

std::string StreamTimes::text(std::int64_t time) const {
  return format_timestamp(time, date_only_ && are_dates(std::span(&time, 1)));
}

std::string StreamTimes::last() const {
  return text(recent().back());
}

std::vector<std::int64_t> StreamTimes::ahead(std::size_t count, std::size_t steps) const {
  if (!step_) return {};
  const std::size_t known = count > steps ? count - steps : 0;
  const auto last = std::span(recent()).last(known);
  std::vector<std::int64_t> times(last.begin(), last.end());
  for (std::size_t step = steps + 1 - (count - known); step <= steps; ++step) {
    times.push_back(step_->after(recent().back(), step));
  }
  return times;
}

std::string StreamTimes::after(std::size_t steps) const {
  return step_ ? text(step_->after(recent().back(), steps)) : "";
}

}  // namespace espalier
