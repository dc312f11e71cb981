#pragma once

#include <string>

#include "apps/manual/command_description.h"

namespace espalier {

/// The manual page of a program, section 1, as roff for the man macros, in ASCII.
std::string manual_page(const CommandDescription& program);

/// What the program is for, as a section.
std::string manual_description();

/// The sections that the command line can't tell: exit status, files, environment, examples.
std::string manual_sections();

/// `text` so that roff prints it as it is: in filled lines, for the middle of a paragraph.
std::string roff_text(const std::string& text);

/// The same with its spaces and line breaks kept.
std::string roff_literal(const std::string& text);

}  // namespace espalier
