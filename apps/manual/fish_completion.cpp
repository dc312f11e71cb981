#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/manual/completion.h"

namespace espalier {

namespace {

/// Within single quotes of fish a backslash quotes itself and the quote.
std::string quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

/// What to offer for a value.
std::string offer(const ArgumentDescription& argument) {
  switch (argument.kind) {
    case ValueKind::none:
    case ValueKind::text:
      return "";
    case ValueKind::file:
      return " -F";
    case ValueKind::folder:
      return " -a '(__fish_complete_directories)'";
    case ValueKind::word:
      return " -a " + quoted(join(argument.words, " "));
  }
  return "";
}

std::string line_of(const ArgumentDescription& argument) {
  std::string line;
  for (const std::string& name : argument.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!argument.names.empty() && argument.kind != ValueKind::none) {
    line += argument.kind == ValueKind::file ? " -r" : " -x";  // -x: no files
  }
  line += offer(argument);
  return line + " -d " + quoted(argument.help);
}

std::string lines_of(const std::string& start, const CommandDescription& command) {
  std::string lines;
  for (const ArgumentDescription& option : command.options) {
    lines += start + line_of(option) + "\n";
  }
  for (const ArgumentDescription& argument : command.arguments) {
    if (!offer(argument).empty()) lines += start + line_of(argument) + "\n";
  }
  return lines;
}

}  // namespace

std::string fish_completion(const CommandDescription& program) {
  const std::string& name = program.name;
  std::string text = fmt::format(
      "# Completion of {0} for fish, made of the command line itself by\n"
      "# `{0} completion fish`.\n\n"
      "complete -c {0} -f\n",
      name);
  const std::string no_command = fmt::format("complete -c {} -n __fish_use_subcommand", name);
  text += lines_of(no_command, program);
  for (const CommandDescription& command : program.commands) {
    text += fmt::format("{} -a {} -d {}\n", no_command, command.name, quoted(command.summary));
  }
  for (const CommandDescription& command : program.commands) {
    text += lines_of(
        fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}'", name, command.name),
        command);
  }
  return text;
}

}  // namespace espalier
