#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/config/json_lexer.h"
#include "apps/config/text.h"

namespace espalier {

/// A key that an object holds more than once.
struct DuplicateKey {
  std::string pointer;
  Position first;
  Position again;
};

/// Where every key and value of a JSON text stands, by JSON pointer. Of a key given twice the last
/// one counts, as for the values nlohmann_json reads.
class SourceMap {
 public:
  /// An empty map: nothing has a place.
  SourceMap() = default;

  /// Throws SyntaxError, in plain words, at the first place where `text` is no JSON (// and /* */
  /// comments are allowed), and where it is nested more than 100 deep.
  explicit SourceMap(std::string_view text);

  /// First character of the value.
  std::optional<Position> value(std::string_view pointer) const;
  /// Opening quote of the key.
  std::optional<Position> key(std::string_view pointer) const;
  /// In the order of their second places.
  const std::vector<DuplicateKey>& duplicates() const { return duplicates_; }

 private:
  friend class SourceMapBuilder;

  std::map<std::string, Position, std::less<>> values_;
  std::map<std::string, Position, std::less<>> keys_;
  std::vector<DuplicateKey> duplicates_;
};

}  // namespace espalier
