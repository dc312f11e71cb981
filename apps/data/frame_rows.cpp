#include "apps/data/frame_rows.h"

#include <limits>
#include <string>
#include <utility>

#include "apps/data/time.h"

namespace espalier {

namespace {

template <typename T>
void keep(std::vector<T>& values, const std::vector<bool>& kept) {
  if (values.empty()) return;
  std::size_t next = 0;
  for (std::size_t row = 0; row < kept.size(); ++row) {
    if (!kept[row]) continue;
    // A text moved onto itself would be lost.
    if (next != row) values[next] = std::move(values[row]);
    ++next;
  }
  values.resize(next);
}

/// With `rows` in place, each given the value that `make` has for it.
template <typename T, typename Make>
void insert(std::vector<T>& values, std::span<const NewRow> rows, Make make) {
  if (values.empty()) return;
  std::vector<T> all;
  all.reserve(values.size() + rows.size());
  auto next = rows.begin();
  for (std::size_t row = 0; row < values.size(); ++row) {
    all.push_back(std::move(values[row]));
    for (; next != rows.end() && next->after == row; ++next) all.push_back(make(*next));
  }
  values = std::move(all);
}

}  // namespace

std::size_t keep_rows(Frame& frame, const std::vector<bool>& kept) {
  std::vector<std::size_t> before(kept.size() + 1, 0);
  for (std::size_t row = 0; row < kept.size(); ++row) {
    before[row + 1] = before[row] + (kept[row] ? 1 : 0);
  }
  for (auto& column : frame.columns) keep(column, kept);
  keep(frame.times, kept);
  keep(frame.time_texts, kept);
  keep(frame.lines, kept);
  for (Series& series : frame.series) {
    series.begin = before[series.begin];
    series.end = before[series.end];
    series.known_end = before[series.known_end];
  }
  std::erase_if(frame.series, [](const Series& series) { return series.begin == series.end; });
  return kept.size() - before.back();
}

void insert_rows(Frame& frame, std::span<const NewRow> rows) {
  const std::vector<std::size_t> lines = frame.lines;
  frame.series = frame.all_series();
  for (auto& column : frame.columns) {
    insert(column, rows, [](const NewRow&) { return std::numeric_limits<double>::quiet_NaN(); });
  }
  insert(frame.times, rows, [](const NewRow& row) { return row.time; });
  insert(frame.time_texts, rows, [](const NewRow&) { return std::string(); });
  insert(frame.lines, rows, [&lines](const NewRow& row) { return lines[row.after]; });
  auto next = rows.begin();
  std::size_t added = 0;
  for (Series& series : frame.series) {
    const std::size_t end = series.end;
    const std::size_t known_end = series.known_end;
    series.begin += added;
    series.known_end += added;
    for (; next != rows.end() && next->after < end; ++next) {
      ++added;
      if (next->after + 1 < known_end) ++series.known_end;
    }
    series.end += added;
  }
  write_time_texts(frame);
}

void write_time_texts(Frame& frame) {
  frame.time_texts.clear();
  if (frame.times.empty()) {
    for (const Series& series : frame.all_series()) {
      for (std::size_t row = series.begin; row < series.end; ++row) {
        frame.time_texts.push_back(std::to_string(row - series.begin + 1));
      }
    }
    return;
  }
  const bool date_only = are_dates(frame.times);
  for (const std::int64_t time : frame.times) {
    frame.time_texts.push_back(format_timestamp(time, date_only));
  }
}

}  // namespace espalier
