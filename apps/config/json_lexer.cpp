#include "apps/config/json_lexer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/nearest.h"

namespace espalier {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Length of the valid JSON number at the start of `text`, 0 where there is none.
std::size_t number_length(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t first = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > first;
  };
  if (i < text.size() && text[i] == '-') ++i;
  if (i < text.size() && text[i] == '0') {
    ++i;
  } else if (!digits()) {
    return 0;
  }
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return 0;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return 0;
  }
  return i;
}

}  // namespace

JsonLexer::JsonLexer(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) offset_ = counted_ = 3;
}

void JsonLexer::fail(std::size_t offset, const std::string& message) const {
  throw SyntaxError(position_at(text_, offset), message);
}

JsonToken JsonLexer::take(JsonToken::Kind kind, std::size_t length) {
  advance(position_, text_.substr(counted_, offset_ - counted_));
  counted_ = offset_;
  const JsonToken token{kind, text_.substr(offset_, length), position_};
  offset_ += length;
  return token;
}

void JsonLexer::skip_comment() {
  const std::string_view rest = text_.substr(offset_);
  if (rest.starts_with("//")) {
    const std::size_t line_end = text_.find_first_of("\r\n", offset_);
    offset_ = line_end == std::string_view::npos ? text_.size() : line_end;
  } else if (rest.starts_with("/*")) {
    const std::size_t close = text_.find("*/", offset_ + 2);
    if (close == std::string_view::npos) {
      fail(offset_, "this comment is never closed: expected \"*/\"");
    }
    offset_ = close + 2;
  } else {
    fail(offset_, "unexpected '/': a comment starts with \"//\" or \"/*\"");
  }
}

void JsonLexer::skip_blanks() {
  while (offset_ < text_.size()) {
    const char c = text_[offset_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++offset_;
    } else if (c == '/') {
      skip_comment();
    } else {
      return;
    }
  }
}

JsonToken JsonLexer::next() {
  skip_blanks();
  if (offset_ == text_.size()) return take(JsonToken::Kind::end, 0);
  const char c = text_[offset_];
  if (std::string_view("{}[]:,").find(c) != std::string_view::npos) {
    return take(JsonToken::Kind::punctuation, 1);
  }
  if (c == '"') return text_token();
  if (is_digit(c) || c == '-' || c == '+' || c == '.') return number_token();
  if (is_word(c)) return word_token();
  if (c == '\'') fail(offset_, "a text starts with a double quote (\"), found a single quote (')");
  if (c == '#') fail(offset_, "unexpected '#': a comment starts with \"//\" or \"/*\"");
  std::size_t length = 1;
  while (offset_ + length < text_.size() &&
         (static_cast<unsigned char>(text_[offset_ + length]) & 0xC0U) == 0x80U) {
    ++length;
  }
  fail(offset_, fmt::format("unexpected character {}", in_quotes(text_.substr(offset_, length))));
}

JsonToken JsonLexer::text_token() {
  std::size_t i = offset_ + 1;
  for (; i < text_.size() && text_[i] != '"'; ++i) {
    const auto byte = static_cast<unsigned char>(text_[i]);
    if (byte == '\n' || byte == '\r') break;
    if (byte < 0x20) {
      fail(i, fmt::format("a text cannot hold the bare control character \\u{:04x}: write {}", byte,
                          byte == '\t' ? "\\t" : fmt::format("\\u{:04x}", byte)));
    }
    if (byte != '\\') continue;
    ++i;
    if (i < text_.size() && std::string_view("\"\\/bfnrtu").find(text_[i]) == std::string::npos) {
      fail(i - 1,
           "a backslash in a text must start one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX: "
           "write \\\\ for the backslash itself");
    }
  }
  if (i >= text_.size() || text_[i] != '"') {
    fail(offset_, "this text is never closed: expected a double quote (\") on the same line");
  }
  const std::size_t length = i + 1 - offset_;
  const std::string_view spelling = text_.substr(offset_, length);
  if (nlohmann::json::parse(spelling, nullptr, false).is_discarded()) {
    fail(offset_,
         "this text has a wrong \\u escape: expected four hexadecimal digits (and a pair "
         "of them above U+FFFF)");
  }
  return take(JsonToken::Kind::text, length);
}

JsonToken JsonLexer::number_token() {
  std::size_t length = 0;
  while (offset_ + length < text_.size()) {
    const char c = text_[offset_ + length];
    if (!is_word(c) && c != '+' && c != '-' && c != '.') break;
    ++length;
  }
  const std::string_view spelling = text_.substr(offset_, length);
  if (number_length(spelling) != length) {
    fail(offset_, fmt::format("{} is not a JSON number: write it like 12, 0.5, -3 or 1e-3",
                              in_quotes(spelling)));
  }
  if (nlohmann::json::parse(spelling, nullptr, false).is_discarded()) {
    fail(offset_, fmt::format("{} is too large: a number must be below about 1.8e308", spelling));
  }
  return take(JsonToken::Kind::number, length);
}

JsonToken JsonLexer::word_token() {
  std::size_t length = 0;
  while (offset_ + length < text_.size() && is_word(text_[offset_ + length])) ++length;
  return take(JsonToken::Kind::literal, length);
}

std::string describe(const JsonToken& token) {
  switch (token.kind) {
    case JsonToken::Kind::punctuation:
      return fmt::format("'{}'", token.spelling);
    case JsonToken::Kind::text:
      return fmt::format("the text {}",
                         in_quotes(token.spelling.substr(1, token.spelling.size() - 2)));
    case JsonToken::Kind::number:
      return fmt::format("the number {}", token.spelling);
    case JsonToken::Kind::literal:
      return in_quotes(token.spelling);
    case JsonToken::Kind::end:
      break;
  }
  return "the end of the file";
}

}  // namespace espalier
