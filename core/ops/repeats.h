#pragma once

#include <cstdint>
#include <string_view>

#include "core/tape.h"

namespace espalier {

/// How often b is used by an element-wise op of a and b: once if they have one shape; as often as
/// a's leading axes say if b has only a's trailing axes. Throws Error naming `op` otherwise.
std::int64_t check_repeats(std::string_view op, Var a, Var b);

}  // namespace espalier
