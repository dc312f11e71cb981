#include "apps/data/cell_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/config/text.h"

namespace espalier {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string quoted_list(std::span<const std::string> names) {
  constexpr std::size_t limit = 20;
  std::string list;
  for (const std::string& name : names.first(std::min(limit, names.size()))) {
    list += (list.empty() ? "" : ", ") + in_quotes(name);
  }
  if (names.size() > limit) list += fmt::format(" and {} more", names.size() - limit);
  return list;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  return quoted + '"';
}

}  // namespace espalier
