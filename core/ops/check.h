#pragma once

#include <string_view>

#include "core/tape.h"

namespace espalier {

/// The errors that ops report. Each throws Error with a message of the form
///   [op] x has shape (60,64,16), expected …

void check_same_shape(std::string_view op, Var a, Var b);
/// b must have the shape of a, or its trailing axes only.
void check_trailing(std::string_view op, Var a, Var b);
void check_rank(std::string_view op, std::string_view name, Var x, int rank);
/// `name` must have exactly `expected`; `because` says where that comes from.
void check_shape(std::string_view op, std::string_view name, Var x, const Shape& expected,
                 std::string_view because);
[[noreturn]] void fail(std::string_view op, std::string_view message);

}  // namespace espalier
