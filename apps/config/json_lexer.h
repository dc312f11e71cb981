#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/config/text.h"
#include "core/error.h"

namespace espalier {

/// JSON that cannot be read; `what()` lacks the file name, which the thrower does not know.
class SyntaxError : public Error {
 public:
  SyntaxError(Position position, const std::string& message)
      : Error(message), position_(position) {}

  Position position() const { return position_; }

 private:
  Position position_;
};

/// One token of a JSON text.
struct JsonToken {
  enum class Kind { punctuation, text, number, literal, end };

  Kind kind;
  /// As written, quotes included; empty at the end.
  std::string_view spelling;
  Position position;

  bool is(char punctuation) const {
    return kind == Kind::punctuation && spelling.front() == punctuation;
  }
};

/// Splits a JSON text (RFC 8259; // and /* */ comments allowed) into tokens.
class JsonLexer {
 public:
  /// `text` must outlive the lexer and its tokens.
  explicit JsonLexer(std::string_view text);

  /// Skips white space and comments. Throws SyntaxError.
  JsonToken next();

 private:
  [[noreturn]] void fail(std::size_t offset, const std::string& message) const;
  void skip_blanks();
  void skip_comment();
  JsonToken take(JsonToken::Kind kind, std::size_t length);
  JsonToken text_token();
  JsonToken number_token();
  JsonToken word_token();

  std::string_view text_;
  std::size_t offset_ = 0;
  // Counted on from token to token: linear in the text, however long its lines.
  std::size_t counted_ = 0;
  Position position_;
};

/// The token as an error message calls it.
std::string describe(const JsonToken& token);

}  // namespace espalier
