#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace espalier {

/// `text` as it may stand between tags and in quoted attributes.
std::string escape_html(std::string_view text);

/// JSON text that may stand in a <script> element: no "<" is left in it. Bytes that aren't UTF-8
/// become replacement characters.
std::string script_json(const nlohmann::ordered_json& json);

/// `code` as it may stand in a <script> element: what would end the element is escaped, as its
/// string literals allow.
std::string script_code(std::string_view code);

/// A table in a container of its own that scrolls sideways where the page is too narrow. Pieces
/// named html go in as they are; all others are escaped.
class HtmlTable {
 public:
  explicit HtmlTable(std::string_view caption) : caption_(caption) {}

  /// Heads of the columns, from left to right, with line breaks allowed behind underscores; the
  /// first stands above the rows' own heads. A table may have none.
  void column(std::string_view name, std::string_view html_class = "");
  void begin_row(std::string_view head_html);
  void cell(std::string_view html, std::string_view html_class = "");

  std::string html() const;

 private:
  std::string caption_;
  std::string head_;
  std::vector<std::string> rows_;
};

}  // namespace espalier
