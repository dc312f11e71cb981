#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace espalier {

/// Throws Error where there are fewer than `fewest` values or one is not finite; `where` opens the
/// message: "wilcoxon".
void check_values(std::string_view where, std::span<const double> values, std::size_t fewest = 1);

/// check_values of both lists; throws Error as well where they differ in length.
void check_pairs(std::string_view where, std::span<const double> values,
                 std::span<const double> reference);

}  // namespace espalier
