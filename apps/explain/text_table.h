#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// Characters of a UTF-8 text.
std::size_t character_count(std::string_view text);

/// A table for a terminal: heads of rows on the left, numbers to the right of them.
class TextTable {
 public:
  /// `head` stands above the heads of the rows.
  explicit TextTable(std::string head) : head_(std::move(head)) {}

  /// Columns next to each other with the same `above` stay together, under it.
  void column(std::string name, std::string above = "");
  void begin_row(std::string head);
  void cell(std::string text);

  /// As many columns side by side as `width` characters take, the others in tables below. Of long
  /// tables the middle is left out.
  std::string text(std::size_t width) const;

 private:
  struct Column {
    std::string name;
    std::string above;
    std::size_t width = 0;
  };
  struct Row {
    std::string head;
    std::vector<std::string> cells;
  };

  std::size_t head_width() const;
  /// How many of the columns from `begin` on fit into `width`, at least one.
  std::size_t fitting(std::size_t begin, std::size_t width) const;
  std::string part(std::size_t begin, std::size_t end) const;
  std::string names_above(std::size_t begin, std::size_t end) const;

  std::string head_;
  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace espalier
