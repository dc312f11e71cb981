#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace espalier {

/// Prints to stderr. A failure is ignored: a closed terminal or a full disk must not end a run
/// that could go on without telling of it.
template <typename... Parts>
void notice(fmt::format_string<Parts...> text, Parts&&... parts) {
  std::fputs(fmt::format(text, std::forward<Parts>(parts)...).c_str(), stderr);
  std::fflush(stderr);
}

/// Prints what was assumed of the data, or what to beware of, to stderr: a line each.
inline void tell_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) notice("note: {}\n", note);
}

}  // namespace espalier
