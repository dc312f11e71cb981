#pragma once

#include "core/error.h"

namespace espalier {

/// What the user typed or configured can't work: exit code 2, where any other Error means that the
/// run itself failed (1).
class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace espalier
