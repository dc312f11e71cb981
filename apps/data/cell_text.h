#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace espalier {

/// `text` without spaces and tabs at either end.
std::string_view trimmed(std::string_view text);

/// The names in double quotes, separated by ", "; after the first 20 only their number is given.
std::string quoted_list(std::span<const std::string> names);

/// "1 row", "2 rows".
std::string counted(std::size_t count, std::string_view noun);

/// `text` as one cell of a CSV file, in quotes where RFC 4180 wants them.
std::string csv_cell(std::string_view text);

}  // namespace espalier
