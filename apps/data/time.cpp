#include "apps/data/time.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>

#include <date/date.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/usage_error.h"
#include "core/error.h"

namespace espalier {

namespace {

/// Reads a text from left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool accept(char expected) {
    if (next() != expected || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// All digits that follow, if there are `least` to `most` of them.
  std::optional<int> number(std::size_t least, std::size_t most) {
    const std::size_t digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (digits < least || digits > most) return std::nullopt;
    int value = 0;
    for (const char digit : rest_.substr(0, digits)) value = 10 * value + (digit - '0');
    rest_.remove_prefix(digits);
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> days(std::optional<int> year, std::optional<int> month,
                                 std::optional<int> day) {
  if (!year || !month || !day) return std::nullopt;
  const date::year_month_day date{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                  date::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return date::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> scan_date(Scanner& scanner, DateOrder order) {
  if (order == DateOrder::ymd) {
    const auto year = scanner.number(4, 4);
    const char separator = scanner.next();
    if (separator != '-' && separator != '/') return std::nullopt;
    const std::size_t least = separator == '-' ? 2 : 1;
    scanner.accept(separator);
    const auto month = scanner.number(least, 2);
    if (!scanner.accept(separator)) return std::nullopt;
    return days(year, month, scanner.number(least, 2));
  }
  const auto first = scanner.number(1, 2);
  if (!scanner.accept('/')) return std::nullopt;
  const auto second = scanner.number(1, 2);
  if (!scanner.accept('/')) return std::nullopt;
  const auto year = scanner.number(4, 4);
  return order == DateOrder::mdy ? days(year, first, second) : days(year, second, first);
}

/// Seconds since midnight.
std::optional<std::int64_t> scan_time_of_day(Scanner& scanner) {
  const auto hour = scanner.number(1, 2);
  const char separator = scanner.next();
  if (!hour || (separator != ':' && separator != '.')) return std::nullopt;
  scanner.accept(separator);
  const auto minute = scanner.number(2, 2);
  std::optional<int> second = 0;
  if (scanner.accept(separator)) {
    second = scanner.number(2, 2);
    const bool fraction = separator == ':' && (scanner.accept('.') || scanner.accept(','));
    if (fraction && !scanner.number(1, 9)) return std::nullopt;
  }
  scanner.accept('Z');
  if (!minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return 3600 * *hour + 60 * *minute + *second;
}

/// One way of reading a column.
struct OrderReading {
  DateOrder order;
  std::vector<std::int64_t> seconds;

  bool rises(std::span<const std::size_t> starts) const {
    auto start = starts.begin();
    for (std::size_t row = 1; row < seconds.size(); ++row) {
      while (start != starts.end() && *start < row) ++start;
      const bool begins = start != starts.end() && *start == row;
      if (!begins && seconds[row - 1] >= seconds[row]) return false;
    }
    return true;
  }
};

/// Reads rows until one is not a date.
OrderReading read_rows(std::span<const std::string> texts, DateOrder order) {
  OrderReading reading{order, {}};
  reading.seconds.reserve(texts.size());
  for (const std::string& text : texts) {
    const auto seconds = parse_timestamp(text, order);
    if (!seconds) break;
    reading.seconds.push_back(*seconds);
  }
  return reading;
}

[[noreturn]] void refuse(const OrderReading& best, std::span<const std::string> texts,
                         std::span<const std::size_t> lines, const std::string& path,
                         std::optional<DateOrder> order) {
  const std::size_t row = best.seconds.size();
  const std::string where = fmt::format("{}:{}: time {}", path, lines[row], in_quotes(texts[row]));
  const std::vector<DateOrder> orders = possible_orders(order);
  const bool is_date = std::ranges::any_of(
      orders, [&](DateOrder one) { return parse_timestamp(texts[row], one).has_value(); });
  if (order && !is_date) {
    throw UsageError(
        fmt::format("{} is not a date in the order of \"date_order\" or of a run's own "
                    "rows; expected {}",
                    where, layout_names(orders)));
  }
  if (row > 0) {
    throw Error(fmt::format("{} is not a valid {} date, as the {} before it {}", where,
                            layout_name(best.order), row == 1 ? "row" : counted(row, "row"),
                            row == 1 ? "is" : "are"));
  }
  throw Error(fmt::format(
      "{} is not a date that can be read; expected YYYY-MM-DD, YYYY/MM/DD, M/D/YYYY or D/M/YYYY, "
      "with or without HH:MM:SS after it (no time zone)",
      where));
}

}  // namespace

DateOrder parse_date_order(std::string_view name) {
  if (name == "YMD") return DateOrder::ymd;
  if (name == "MDY") return DateOrder::mdy;
  if (name == "DMY") return DateOrder::dmy;
  throw Error(fmt::format("\"date_order\" is \"{}\"; expected \"YMD\", \"MDY\" or \"DMY\"", name));
}

std::string_view date_order_name(DateOrder order) {
  switch (order) {
    case DateOrder::mdy:
      return "MDY";
    case DateOrder::dmy:
      return "DMY";
    default:
      return "YMD";
  }
}

std::string_view layout_name(DateOrder order) {
  switch (order) {
    case DateOrder::mdy:
      return "M/D/YYYY";
    case DateOrder::dmy:
      return "D/M/YYYY";
    default:
      return "YYYY-MM-DD";
  }
}

std::string layout_names(const std::vector<DateOrder>& orders) {
  std::vector<std::string_view> names;
  for (const DateOrder order : orders) names.push_back(layout_name(order));
  return fmt::format("{}", fmt::join(names, " or "));
}

std::optional<std::int64_t> parse_timestamp(std::string_view text, DateOrder order) {
  Scanner scanner(trimmed(text));
  const auto day = scan_date(scanner, order);
  if (!day) return std::nullopt;
  if (scanner.done()) return *day * seconds_per_day;
  if (!scanner.accept('T') && !scanner.accept(' ')) return std::nullopt;
  const auto time_of_day = scan_time_of_day(scanner);
  if (!time_of_day || !scanner.done()) return std::nullopt;
  return *day * seconds_per_day + *time_of_day;
}

std::vector<DateOrder> possible_orders(std::optional<DateOrder> order) {
  if (!order) return {DateOrder::ymd, DateOrder::mdy, DateOrder::dmy};
  if (*order == DateOrder::ymd) return {DateOrder::ymd};
  return {DateOrder::ymd, *order};
}

TimeColumn parse_times(std::span<const std::string> texts, std::span<const std::size_t> lines,
                       const std::string& path, std::optional<DateOrder> order,
                       std::span<const std::size_t> starts) {
  std::vector<OrderReading> whole;
  std::optional<OrderReading> best;
  for (const DateOrder candidate : possible_orders(order)) {
    OrderReading reading = read_rows(texts, candidate);
    if (reading.seconds.size() == texts.size()) {
      whole.push_back(std::move(reading));
    } else if (!best || reading.seconds.size() > best->seconds.size()) {
      best = std::move(reading);
    }
  }
  if (whole.empty()) refuse(*best, texts, lines, path, order);
  const bool prefer_second = whole.size() > 1 && !whole[0].rises(starts) && whole[1].rises(starts);
  const bool ambiguous = whole.size() > 1 && whole[0].rises(starts) && whole[1].rises(starts);
  OrderReading& chosen = whole[prefer_second ? 1 : 0];
  return {std::move(chosen.seconds), chosen.order, ambiguous};
}

bool is_weekend(std::int64_t time) {
  const date::sys_seconds point{std::chrono::seconds(time)};
  const date::weekday day(date::floor<date::days>(point));
  return day == date::Saturday || day == date::Sunday;
}

bool are_dates(std::span<const std::int64_t> seconds) {
  return std::all_of(seconds.begin(), seconds.end(),
                     [](std::int64_t time) { return time % seconds_per_day == 0; });
}

std::string format_timestamp(std::int64_t seconds, bool date_only) {
  const date::sys_seconds time{std::chrono::seconds(seconds)};
  const auto midnight = date::floor<date::days>(time);
  const date::year_month_day day{midnight};
  const std::string text =
      fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  if (date_only) return text;
  const std::int64_t rest = (time - midnight).count();
  return fmt::format("{}T{:02}:{:02}:{:02}", text, rest / 3600, rest / 60 % 60, rest % 60);
}

}  // namespace espalier
