#include "apps/data/gaps.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/frame_rows.h"
#include "apps/data/time.h"
#include "apps/data/time_step.h"
#include "core/error.h"

namespace espalier {

namespace {

constexpr std::size_t rows_to_tell_a_step = 3;
/// To be inserted: more than this many for each row there is are a mistake in a time.
constexpr std::size_t most_per_row = 20;
constexpr std::size_t fewest_refused = 10'000;

/// All steps of a frame that aren't as the others of their series.
struct Gaps {
  std::size_t count = 0;
  std::size_t steps = 0;
  std::size_t series = 0;
  /// The row after the first of them, and the time expected there.
  std::size_t row = 0;
  std::int64_t expected = 0;
  std::string step;
};

TimeStep step_of(const Frame& frame, const Series& series) {
  return TimeStep(std::span(frame.times).subspan(series.begin, series.end - series.begin));
}

Gaps find_gaps(const Frame& frame) {
  Gaps gaps;
  for (const Series& series : frame.all_series()) {
    if (series.end - series.begin < rows_to_tell_a_step) continue;
    const TimeStep step = step_of(frame, series);
    gaps.steps += series.end - series.begin - 1;
    if (step.exceptions() == 0) continue;
    ++gaps.series;
    if (gaps.count == 0) {
      gaps.row = series.begin + *step.first_exception();
      gaps.expected = step.after(frame.times[gaps.row - 1], 1);
      gaps.step = step.text();
    }
    gaps.count += step.exceptions();
  }
  return gaps;
}

std::string text_of(const Frame& frame, const Gaps& gaps) {
  const std::int64_t expected = gaps.expected;
  const std::string series =
      frame.has_series_column() ? fmt::format(" of {} series", gaps.series) : std::string();
  return fmt::format(
      "{} of {} steps{} between rows are not {}; the first: {} follows {}, expected {}", gaps.count,
      gaps.steps, series, gaps.step, frame.time_texts[gaps.row], frame.time_texts[gaps.row - 1],
      format_timestamp(expected, are_dates(frame.times)));
}

/// The rows missing in front of `row`.
void add_missing(const Frame& frame, const TimeStep& step, std::size_t row,
                 std::vector<NewRow>& rows) {
  std::int64_t expected = step.after(frame.times[row - 1], 1);
  const std::size_t most = std::max(fewest_refused, most_per_row * frame.rows());
  for (; expected < frame.times[row] && rows.size() <= most; expected = step.after(expected, 1)) {
    rows.push_back({.after = row - 1, .time = expected});
  }
  if (rows.size() > most) {
    throw Error(fmt::format(
        "{}:{}: up to time {} more than {} rows are missing, {} times as many as there are: correct "
        "the time, or set \"gaps\" to \"note\" to take rows as they come",
        frame.path, frame.lines[row], in_quotes(frame.time_texts[row]), most, most / frame.rows()));
  }
  if (expected == frame.times[row]) return;
  throw Error(fmt::format(
      "{}:{}: time {} lies no whole number of steps of {} after {}, so \"gaps\": \"fill\" can't "
      "reach it; correct the time, or set \"gaps\" to \"note\" to take rows as they come",
      frame.path, frame.lines[row], in_quotes(frame.time_texts[row]), step.text(),
      in_quotes(frame.time_texts[row - 1])));
}

void fill_gaps(Frame& frame) {
  std::vector<NewRow> rows;
  for (const Series& series : frame.all_series()) {
    if (series.end - series.begin < rows_to_tell_a_step) continue;
    const TimeStep step = step_of(frame, series);
    for (std::size_t row = series.begin + 1; row < series.end; ++row) {
      add_missing(frame, step, row, rows);
    }
  }
  insert_rows(frame, rows);
  frame.notes.push_back(fmt::format("inserted {} that the times leave out, without values",
                                    counted(rows.size(), "row")));
}

}  // namespace

void apply_gap_policy(Frame& frame, const std::string& policy) {
  if (frame.times.empty()) return;
  const Gaps gaps = find_gaps(frame);
  if (gaps.count == 0) return;
  const std::string text = text_of(frame, gaps);
  if (policy == "error") {
    throw Error(fmt::format(
        "{}:{}: {}; set \"gaps\" to \"fill\" to insert what is missing, or to \"note\" to take rows "
        "as they come",
        frame.path, frame.lines[gaps.row], text));
  }
  if (policy == "fill") {
    fill_gaps(frame);
  } else if (policy == "note") {
    frame.notes.push_back(fmt::format(
        "{} (line {}); rows are taken as they come: \"gaps\": \"fill\" would insert what is missing",
        text, frame.lines[gaps.row]));
  } else {
    throw Error(
        fmt::format("\"gaps\" is {}; expected \"note\", \"error\" or \"fill\"", in_quotes(policy)));
  }
}

}  // namespace espalier
