#include "apps/config/source_map.h"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace espalier {

namespace {

constexpr std::size_t deepest_nesting = 100;

/// Literals of other languages that people write into JSON.
struct Mistake {
  std::string_view written;
  std::string_view meant;
};
constexpr std::array mistakes{Mistake{"True", "true"}, Mistake{"False", "false"},
                              Mistake{"TRUE", "true"}, Mistake{"FALSE", "false"},
                              Mistake{"None", "null"}, Mistake{"NULL", "null"},
                              Mistake{"nil", "null"}};

std::string wrong_word(const JsonToken& token) {
  const std::string word = in_quotes(token.spelling);
  for (const Mistake& mistake : mistakes) {
    if (token.spelling == mistake.written) {
      return fmt::format("{} is not JSON: did you mean {}?", word, mistake.meant);
    }
  }
  if (token.spelling == "NaN" || token.spelling == "Infinity") {
    return fmt::format("{} is not JSON: a number must be finite", word);
  }
  return fmt::format("{} is not a JSON value: a text needs double quotes", word);
}

}  // namespace

/// Walks the tokens once, noting places as it goes.
class SourceMapBuilder {
 public:
  SourceMapBuilder(std::string_view text, SourceMap& map) : lexer_(text), map_(map) {}

  void build() {
    value(lexer_.next(), "", "a value");
    const JsonToken rest = lexer_.next();
    if (rest.kind != JsonToken::Kind::end) {
      fail(rest, fmt::format("expected nothing more after the end of the JSON value, found {}",
                             describe(rest)));
    }
  }

 private:
  [[noreturn]] static void fail(const JsonToken& at, const std::string& message) {
    throw SyntaxError(at.position, message);
  }

  void value(const JsonToken& token, const std::string& pointer, std::string_view expected) {
    map_.values_.insert_or_assign(pointer, token.position);
    if (token.is('{')) return nested(token, [&] { object(token, pointer); });
    if (token.is('[')) return nested(token, [&] { list(token, pointer); });
    if (token.kind == JsonToken::Kind::literal) {
      const std::string_view word = token.spelling;
      if (word != "true" && word != "false" && word != "null") fail(token, wrong_word(token));
      return;
    }
    if (token.kind == JsonToken::Kind::text || token.kind == JsonToken::Kind::number) return;
    fail(token, fmt::format("expected {}, found {}", expected, describe(token)));
  }

  template <typename Walk>
  void nested(const JsonToken& open, Walk walk) {
    if (++depth_ > deepest_nesting) {
      fail(open, fmt::format("nested more than {} deep", deepest_nesting));
    }
    walk();
    --depth_;
  }

  /// After an entry: true where another one follows, with its first token in `token`.
  bool another(const JsonToken& open, char close, const std::string& after, JsonToken& token) {
    token = lexer_.next();
    if (token.is(close)) return false;
    if (token.kind == JsonToken::Kind::end) never_closed(open, close);
    if (!token.is(',')) {
      fail(token,
           fmt::format("expected ',' or '{}' after {}, found {}", close, after, describe(token)));
    }
    const JsonToken comma = token;
    token = lexer_.next();
    if (token.is(close)) {
      fail(comma, fmt::format("no comma may stand before the closing '{}': remove it", close));
    }
    if (token.is(',')) fail(token, "two commas in a row: remove one");
    return true;
  }

  [[noreturn]] static void never_closed(const JsonToken& open, char close) {
    fail(open, fmt::format("this '{}' is never closed: expected '{}' before the end of the file",
                           open.spelling, close));
  }

  void object(const JsonToken& open, const std::string& pointer) {
    JsonToken token = lexer_.next();
    if (token.is('}')) return;
    std::map<std::string, Position, std::less<>> seen;
    bool more = true;
    do {
      if (token.kind == JsonToken::Kind::end) never_closed(open, '}');
      const std::string member = key(token, pointer, seen);
      const JsonToken colon = lexer_.next();
      if (!colon.is(':')) {
        fail(colon, fmt::format("expected ':' after the key {}, found {}", token.spelling,
                                describe(colon)));
      }
      const std::string after = fmt::format("the value of {}", token.spelling);
      value(lexer_.next(), member, after);
      more = another(open, '}', after, token);
    } while (more);
  }

  /// Notes the key and returns the pointer to its value.
  std::string key(const JsonToken& token, const std::string& pointer,
                  std::map<std::string, Position, std::less<>>& seen) {
    if (token.kind != JsonToken::Kind::text) {
      fail(token, fmt::format("expected a key in double quotes, found {}", describe(token)));
    }
    const auto name = nlohmann::json::parse(token.spelling).get<std::string>();
    std::string member = pointer_to(pointer, name);
    const Position place = token.position;
    const auto [known, is_new] = seen.try_emplace(member, place);
    if (!is_new) map_.duplicates_.push_back({member, known->second, place});
    map_.keys_.insert_or_assign(member, place);
    return member;
  }

  void list(const JsonToken& open, const std::string& pointer) {
    JsonToken token = lexer_.next();
    if (token.is(']')) return;
    std::size_t index = 0;
    do {
      if (token.kind == JsonToken::Kind::end) never_closed(open, ']');
      value(token, pointer_to(pointer, index), "a value or ']'");
      ++index;
    } while (another(open, ']', fmt::format("entry {} of the list", index - 1), token));
  }

  JsonLexer lexer_;
  SourceMap& map_;
  std::size_t depth_ = 0;
};

SourceMap::SourceMap(std::string_view text) {
  SourceMapBuilder(text, *this).build();
}

std::optional<Position> SourceMap::value(std::string_view pointer) const {
  const auto found = values_.find(pointer);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Position> SourceMap::key(std::string_view pointer) const {
  const auto found = keys_.find(pointer);
  return found == keys_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace espalier
