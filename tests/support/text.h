#pragma once

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

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace espalier::test
