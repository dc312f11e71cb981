#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/config/source_map.h"
#include "apps/usage_error.h"

namespace espalier {

/// Everything that is wrong with a config: `what()` holds one line for each error.
class ConfigError : public UsageError {
 public:
  explicit ConfigError(std::vector<std::string> lines);

  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

/// Collects errors, each with its place: `file:line:column: /pointer: message`, or, where the
/// command line set the value, `-o path=…: /pointer: message`.
class Diagnostics {
 public:
  Diagnostics(std::string file, SourceMap map);

  /// From here on errors at or below `pointer` are blamed on the override that `label` names.
  void blame_override(std::string pointer, std::string label);

  /// From here on what is at or below `pointer` is sought at the same place below `source` first:
  /// the value was put together from other parts of the file. What is wrong with the last key of
  /// `pointer` itself is told at the key `named_at`; empty: where the value is.
  void taken_from(std::string pointer, std::string source, std::string named_at = {});

  /// Where everything stands in the file.
  const SourceMap& map() const { return map_; }

  void at_value(std::string_view pointer, std::string_view message);
  /// At the key rather than at its value.
  void at_key(std::string_view pointer, std::string_view message);
  /// At a place in the file, whatever the command line says.
  void at_place(Position position, std::string_view pointer, std::string_view message);
  /// `key` is missing in the object at `parent`, whose place is shown.
  void missing(std::string_view parent, std::string_view key, std::string_view message);
  /// An override that cannot be applied.
  void in_override(std::string_view label, std::string_view message);

  /// Errors so far.
  std::size_t count() const { return entries_.size(); }

  /// Takes over the errors of `other`, those it has itself aside.
  void absorb(const Diagnostics& other);

  /// Throws ConfigError where anything was collected: the file's errors from top to bottom, then
  /// those of the command line, left to right.
  void throw_if_any() const;

 private:
  struct Override {
    std::string pointer;
    std::string label;
  };
  struct Alias {
    std::string pointer;
    std::string source;
    std::string named_at;
  };
  struct Entry {
    /// 0: in the file; n: of the n-th override.
    std::size_t source;
    Position position;
    std::string line;
  };

  void add(const std::string& place, Position position, std::string_view pointer,
           std::string_view message);
  /// `pointer` as the file's text has it.
  std::string in_source(std::string_view pointer) const;
  /// The same for its last key.
  std::string key_in_source(std::string_view pointer) const;
  bool is_overridden(std::string_view pointer) const;

  std::string file_;
  SourceMap map_;
  std::vector<Override> overrides_;
  std::vector<Alias> aliases_;
  std::vector<Entry> entries_;
};

}  // namespace espalier
