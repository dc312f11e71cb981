#pragma once

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace espalier::test {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Empty if `message` holds `part`, else the message.
inline std::string lacks(const std::string& message, const std::string& part) {
  return contains(message, part) ? "" : message;
}

/// How often `part` occurs.
inline std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

/// What a page must show as it is: as markup it would end a script.
inline const std::string hostile_text = "<b>&\"x\"</b></script>";

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace espalier::test
