#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

inline constexpr std::int64_t seconds_per_day = 86'400;

enum class DateOrder {
  ymd,  ///< YYYY-MM-DD (ISO 8601) or YYYY/MM/DD
  mdy,  ///< M/D/YYYY
  dmy,  ///< D/M/YYYY
};

/// "YMD", "MDY" or "DMY", as in a config; throws Error for anything else.
DateOrder parse_date_order(std::string_view name);

/// The reverse.
std::string_view date_order_name(DateOrder order);

/// The layout in words: "M/D/YYYY".
std::string_view layout_name(DateOrder order);
/// "M/D/YYYY or D/M/YYYY".
std::string layout_names(const std::vector<DateOrder>& orders);

/// Seconds since 1970-01-01 00:00, without time zones; nothing if `text` is not a valid date of
/// that order. After the date, and a space or 'T', may stand HH:MM, HH:MM:SS, HH:MM:SS.fff (the
/// fraction is cut off) or the same with points (18.00.00), then 'Z'.
std::optional<std::int64_t> parse_timestamp(std::string_view text, DateOrder order);

struct TimeColumn {
  /// Since 1970-01-01 00:00, one per row.
  std::vector<std::int64_t> seconds;
  DateOrder order = DateOrder::ymd;
  /// True where M/D and D/M read every row, both in rising order, and nothing chose between them.
  bool ambiguous = false;
};

/// The orders to try where `order` is given or isn't: YYYY-MM-DD, which can't be mistaken, always.
std::vector<DateOrder> possible_orders(std::optional<DateOrder> order);

/// Reads a whole column in one of the possible orders, the one under which every row is a valid
/// date; of two such orders the one that makes time strictly rise, M/D before D/M. It needn't
/// rise to the rows in `starts`, where further series begin. Throws Error at the first row that
/// cannot be read; `path` and `lines` (one per row) say where it is.
TimeColumn parse_times(std::span<const std::string> texts, std::span<const std::size_t> lines,
                       const std::string& path, std::optional<DateOrder> order,
                       std::span<const std::size_t> starts = {});

/// Whether the time lies on a Saturday or Sunday.
bool is_weekend(std::int64_t time);

/// Whether every time is a midnight: then dates alone say it all.
bool are_dates(std::span<const std::int64_t> seconds);

/// ISO 8601: "2004-03-10T18:00:00", or "2004-03-10" with `date_only`.
std::string format_timestamp(std::int64_t seconds, bool date_only);

}  // namespace espalier
