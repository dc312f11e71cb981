#pragma once

#include <span>
#include <string>
#include <string_view>

namespace espalier {

enum class CellKind {
  number,
  text,          ///< anything that is not one decimal number
  out_of_range,  ///< a decimal number that a double cannot hold, such as 1e400
};

struct ParsedCell {
  CellKind kind;
  /// Finite; meaningful for `number` only.
  double value;
};

/// Reads a whole cell (spaces around it aside) as one decimal number, whatever the locale:
/// sign, digits, `decimal` ('.' or ','), digits, exponent. Thousands separators, hexadecimal
/// numbers, "inf" and "nan" are text.
ParsedCell parse_number(std::string_view cell, char decimal);

/// The decimal sign of a file: ',' if its delimiter is not a comma and more cells read as numbers
/// with a decimal comma than with a decimal point; else '.'.
char detect_decimal(std::span<const std::string> cells, char delimiter);

}  // namespace espalier
