#include "apps/config/diagnostics.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace espalier {

namespace {

bool is_at_or_below(std::string_view pointer, std::string_view ancestor) {
  return pointer.starts_with(ancestor) &&
         (pointer.size() == ancestor.size() || pointer[ancestor.size()] == '/');
}

/// The pointer as a line shows it before its message; nothing for the whole text.
std::string subject(std::string_view pointer) {
  return pointer.empty() ? "" : on_one_line(pointer) + ": ";
}

}  // namespace

ConfigError::ConfigError(std::vector<std::string> lines)
    : UsageError(join(lines, "\n")), lines_(std::move(lines)) {}

Diagnostics::Diagnostics(std::string file, SourceMap map)
    : file_(std::move(file)), map_(std::move(map)) {}

void Diagnostics::blame_override(std::string pointer, std::string label) {
  overrides_.push_back({std::move(pointer), std::move(label)});
}

void Diagnostics::taken_from(std::string pointer, std::string source, std::string named_at) {
  aliases_.push_back({std::move(pointer), std::move(source), std::move(named_at)});
}

std::string Diagnostics::in_source(std::string_view pointer) const {
  for (auto alias = aliases_.rbegin(); alias != aliases_.rend(); ++alias) {
    if (!is_at_or_below(pointer, alias->pointer)) continue;
    std::string source = alias->source + std::string(pointer.substr(alias->pointer.size()));
    if (map_.value(source) || is_overridden(source)) return source;
  }
  return std::string(pointer);
}

std::string Diagnostics::key_in_source(std::string_view pointer) const {
  for (auto alias = aliases_.rbegin(); alias != aliases_.rend(); ++alias) {
    if (alias->pointer == pointer && !alias->named_at.empty()) return alias->named_at;
  }
  return in_source(pointer);
}

bool Diagnostics::is_overridden(std::string_view pointer) const {
  return std::ranges::any_of(overrides_, [pointer](const Override& candidate) {
    return is_at_or_below(pointer, candidate.pointer);
  });
}

void Diagnostics::at_value(std::string_view pointer, std::string_view message) {
  const std::string place = in_source(pointer);
  add(place, map_.value(place).value_or(Position{}), place, message);
}

void Diagnostics::at_key(std::string_view pointer, std::string_view message) {
  const std::string place = key_in_source(pointer);
  add(place, map_.key(place).value_or(Position{}), place, message);
}

void Diagnostics::missing(std::string_view parent, std::string_view key, std::string_view message) {
  const std::string place = in_source(parent);
  add(place, map_.value(place).value_or(Position{}), pointer_to(place, key), message);
}

void Diagnostics::in_override(std::string_view label, std::string_view message) {
  entries_.push_back({overrides_.size() + 1, {}, fmt::format("{}: {}", label, message)});
}

void Diagnostics::add(const std::string& place, Position position, std::string_view pointer,
                      std::string_view message) {
  for (std::size_t i = overrides_.size(); i > 0; --i) {
    const Override& candidate = overrides_[i - 1];
    if (!is_at_or_below(place, candidate.pointer)) continue;
    entries_.push_back(
        {i, {}, fmt::format("{}: {}{}", candidate.label, subject(pointer), message)});
    return;
  }
  at_place(position, pointer, message);
}

void Diagnostics::at_place(Position position, std::string_view pointer, std::string_view message) {
  entries_.push_back({0, position,
                      fmt::format("{}:{}:{}: {}{}", file_, position.line, position.column,
                                  subject(pointer), message)});
}

void Diagnostics::absorb(const Diagnostics& other) {
  for (const Entry& entry : other.entries_) {
    const bool known =
        std::ranges::any_of(entries_, [&](const Entry& own) { return own.line == entry.line; });
    if (!known) entries_.push_back(entry);
  }
}

void Diagnostics::throw_if_any() const {
  if (entries_.empty()) return;
  std::vector<Entry> ordered = entries_;
  std::stable_sort(ordered.begin(), ordered.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.source, a.position) < std::pair(b.source, b.position);
  });
  std::vector<std::string> lines;
  for (Entry& entry : ordered) lines.push_back(std::move(entry.line));
  throw ConfigError(std::move(lines));
}

}  // namespace espalier
