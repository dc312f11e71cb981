#pragma once

#include <cstddef>
#include <string>

namespace espalier {

/// Whether stderr is a terminal on which lines can be drawn again.
bool can_redraw_stderr();

/// Characters that fit on a line of the terminal behind stderr; 80 where it doesn't say.
std::size_t terminal_width();

/// Lines of that terminal; 24 where it doesn't say.
std::size_t terminal_height();

/// The first `width` characters (UTF-8) of `line`.
std::string cut_to_width(const std::string& line, std::size_t width);

/// "0:07", "12:30", "1:02:03" (hours, minutes, seconds); for a duration in seconds.
std::string clock_text(double seconds);

}  // namespace espalier
