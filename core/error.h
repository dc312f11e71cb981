#pragma once

#include <stdexcept>
#include <string>

namespace espalier {

/// The one exception of the library. Its message says where (op, file, option), what was found and
/// what was expected, in one line that can be shown to a user as it is.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace espalier
