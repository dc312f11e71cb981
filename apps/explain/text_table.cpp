#include "apps/explain/text_table.h"

#include <algorithm>

#include <fmt/format.h>

namespace espalier {

namespace {

constexpr std::size_t gap = 2;
// Of a long table the first rows and, nearer to the forecast, the last ones are shown.
constexpr std::size_t first_rows = 4;
constexpr std::size_t last_rows = 44;

std::string without_end_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void TextTable::column(std::string name, std::string above) {
  columns_.push_back({name, std::move(above), character_count(name)});
}

void TextTable::begin_row(std::string head) {
  rows_.push_back({std::move(head), {}});
}

void TextTable::cell(std::string text) {
  std::vector<std::string>& cells = rows_.back().cells;
  Column& column = columns_[cells.size()];
  column.width = std::max(column.width, character_count(text));
  cells.push_back(std::move(text));
}

std::size_t TextTable::head_width() const {
  std::size_t width = character_count(head_);
  for (const Row& row : rows_) width = std::max(width, character_count(row.head));
  return width;
}

std::size_t TextTable::fitting(std::size_t begin, std::size_t width) const {
  std::size_t used = head_width();
  std::size_t last_cut = begin;
  for (std::size_t k = begin; k < columns_.size(); ++k) {
    if (k > begin && (columns_[k].above.empty() || columns_[k].above != columns_[k - 1].above)) {
      last_cut = k;
    }
    used += gap + columns_[k].width;
    if (used > width && last_cut > begin) return last_cut - begin;
  }
  return columns_.size() - begin;
}

std::string TextTable::names_above(std::size_t begin, std::size_t end) const {
  std::string line(head_width(), ' ');
  for (std::size_t k = begin; k < end;) {
    std::size_t group_end = k + 1;
    std::size_t width = columns_[k].width;
    while (group_end < end && !columns_[k].above.empty() &&
           columns_[group_end].above == columns_[k].above) {
      width += gap + columns_[group_end++].width;
    }
    line += fmt::format("{:{}}{:>{}.{}}", "", gap, columns_[k].above, width, width);
    k = group_end;
  }
  return without_end_blanks(line);
}

std::string TextTable::part(std::size_t begin, std::size_t end) const {
  const std::size_t width = head_width();
  const auto line = [&](const std::string& head, auto cell) {
    std::string text = fmt::format("{:<{}}", head, width);
    for (std::size_t k = begin; k < end; ++k) {
      text += fmt::format("{:{}}{:>{}}", "", gap, cell(k), columns_[k].width);
    }
    return without_end_blanks(text);
  };
  std::string text = names_above(begin, end);
  if (text == "\n") text.clear();
  text += line(head_, [this](std::size_t k) { return columns_[k].name; });
  const bool shortened = rows_.size() > first_rows + last_rows + 1;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (shortened && r == first_rows) {
      const std::size_t left_out = rows_.size() - first_rows - last_rows;
      text += fmt::format("… {} more are in --json and --html\n", left_out);
      r += left_out;
    }
    text += line(rows_[r].head, [&](std::size_t k) { return rows_[r].cells[k]; });
  }
  return text;
}

std::string TextTable::text(std::size_t width) const {
  std::string text;
  for (std::size_t begin = 0; begin < columns_.size();) {
    const std::size_t end = begin + fitting(begin, width);
    if (begin > 0) text += "\n";
    text += part(begin, end);
    begin = end;
  }
  return text;
}

}  // namespace espalier
