#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace espalier {

/// A place in a text as editors count it: both from 1, columns in characters (UTF-8 code points,
/// a tab is one).
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;

  friend auto operator<=>(const Position&, const Position&) = default;
};

/// Moves `position` over the characters of `passed`; a line ends at "\n".
void advance(Position& position, std::string_view passed);

/// The place of the byte at `offset` of a text; a byte order mark at its start is not counted.
Position position_at(std::string_view text, std::size_t offset);

/// Offset of the first byte that is not well-formed UTF-8 (overlong forms, surrogates and values
/// above U+10FFFF count as malformed); nothing when all is well.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// `text` in double quotes, escaped so that it stays on one line, and cut after 60 characters.
std::string in_quotes(std::string_view text);

/// `text` as it is, or, where it holds control characters or is no UTF-8, in quotes.
std::string on_one_line(std::string_view text);

/// The parts in order, with `separator` between them.
std::string join(std::span<const std::string> parts, std::string_view separator);

/// JSON pointer (RFC 6901) of `key` within the object at `pointer`; "" is the whole text.
std::string pointer_to(std::string_view pointer, std::string_view key);
std::string pointer_to(std::string_view pointer, std::size_t index);

}  // namespace espalier
