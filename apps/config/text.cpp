#include "apps/config/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace espalier {

namespace {

unsigned char byte_at(std::string_view text, std::size_t offset) {
  return static_cast<unsigned char>(text[offset]);
}

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0U) == 0x80U;
}

/// Bytes of the well-formed UTF-8 character at `offset`, 0 where there is none. The bounds of the
/// second byte are those of table 3-7 of the Unicode standard.
std::size_t character_length(std::string_view text, std::size_t offset) {
  const unsigned char lead = byte_at(text, offset);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : (lead < 0xF0 ? 3 : 4);
  if (text.size() - offset < length) return 0;
  const unsigned char second = byte_at(text, offset + 1);
  const unsigned char low = lead == 0xE0 ? 0xA0 : (lead == 0xF0 ? 0x90 : 0x80);
  const unsigned char high = lead == 0xED ? 0x9F : (lead == 0xF4 ? 0x8F : 0xBF);
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_continuation(byte_at(text, offset + i))) return 0;
  }
  return length;
}

}  // namespace

void advance(Position& position, std::string_view passed) {
  for (const char c : passed) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if (!is_continuation(static_cast<unsigned char>(c))) {
      ++position.column;
    }
  }
}

Position position_at(std::string_view text, std::size_t offset) {
  std::string_view before = text.substr(0, offset);
  if (before.starts_with("\xEF\xBB\xBF")) before.remove_prefix(3);
  Position position;
  advance(position, before);
  return position;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const std::size_t length = character_length(text, offset);
    if (length == 0) return offset;
    offset += length;
  }
  return std::nullopt;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most_characters = 60;
  std::string result = "\"";
  std::size_t characters = 0;
  for (std::size_t offset = 0; offset < text.size(); ++characters) {
    if (characters == most_characters) {
      result += "…";
      break;
    }
    const std::size_t length = character_length(text, offset);
    const unsigned char byte = byte_at(text, offset);
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      result += byte == '\n' ? "\\n" : (byte == '\t' ? "\\t" : fmt::format("\\x{:02x}", byte));
    } else {
      if (byte == '"' || byte == '\\') result += '\\';
      result += text.substr(offset, length);
    }
    offset += std::max<std::size_t>(length, 1);
  }
  return result + '"';
}

std::string on_one_line(std::string_view text) {
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  return plain && !find_invalid_utf8(text) ? std::string(text) : in_quotes(text);
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) joined += separator;
    joined += part;
  }
  return joined;
}

std::string pointer_to(std::string_view pointer, std::string_view key) {
  std::string result(pointer);
  result += '/';
  for (const char letter : key) {
    if (letter == '~') {
      result += "~0";
    } else if (letter == '/') {
      result += "~1";
    } else {
      result += letter;
    }
  }
  return result;
}

std::string pointer_to(std::string_view pointer, std::size_t index) {
  return fmt::format("{}/{}", pointer, index);
}

}  // namespace espalier
