#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace espalier {

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`, with no
/// substring edited twice (optimal string alignment). Compares bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate a user most likely meant by `word`, ignoring ASCII case; nothing when none is
/// close: the distance may be a third of the longer word at most, or one word must hold the other
/// (at least four letters: "batch_size" holds "batch"). The first of equally close ones wins.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// ": did you mean \"epochs\"?" or, with no candidate close, nothing. Meant to end a message.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

}  // namespace espalier
