#include "apps/data/number.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "apps/data/cell_text.h"

namespace espalier {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

ParsedCell parse_point_number(std::string_view text) {
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || failure == std::errc::invalid_argument) {
    return {CellKind::text, 0};
  }
  if (failure == std::errc::result_out_of_range) return {CellKind::out_of_range, 0};
  return {CellKind::number, value};
}

}  // namespace

ParsedCell parse_number(std::string_view cell, char decimal) {
  const std::string_view text = trimmed(cell);
  // from_chars would also take "inf" and "nan", and a '-' after our '+'.
  const std::size_t start = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  if (start >= text.size() || !(is_digit(text[start]) || text[start] == decimal)) {
    return {CellKind::text, 0};
  }
  if (decimal == '.') return parse_point_number(text);
  if (text.find('.') != std::string_view::npos) return {CellKind::text, 0};
  std::string pointed(text);
  std::replace(pointed.begin(), pointed.end(), decimal, '.');
  return parse_point_number(pointed);
}

char detect_decimal(std::span<const std::string> cells, char delimiter) {
  if (delimiter == ',') return '.';
  std::size_t commas = 0;
  std::size_t points = 0;
  for (const std::string& cell : cells) {
    const bool comma = cell.find(',') != std::string::npos;
    const bool point = cell.find('.') != std::string::npos;
    if (comma == point) continue;
    if (parse_number(cell, comma ? ',' : '.').kind != CellKind::text) ++(comma ? commas : points);
  }
  return commas > points ? ',' : '.';
}

}  // namespace espalier
