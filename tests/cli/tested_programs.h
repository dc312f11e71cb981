#pragma once

#include <cstdlib>
#include <string>

namespace espalier::test {

/// The programs under test: those of this build, or, where the environment names others, these.
inline std::string tested_program(const char* variable, const char* built) {
  const char* given = std::getenv(variable);
  return given != nullptr ? given : built;
}

inline std::string espalier_binary() {
  return tested_program("ESPALIER_BINARY", ESPALIER_BINARY);
}

inline std::string c_program() {
  return tested_program("ESPALIER_C_PROGRAM", ESPALIER_C_PROGRAM);
}

}  // namespace espalier::test
