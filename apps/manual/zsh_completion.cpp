#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/manual/completion.h"

namespace espalier {

namespace {

/// Within a specification of _arguments, these characters mean something.
std::string escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// ":FILE:_files", or nothing for a flag.
std::string value_of(const ArgumentDescription& argument) {
  std::string action;
  switch (argument.kind) {
    case ValueKind::none:
      return "";
    case ValueKind::text:
      action = " ";
      break;
    case ValueKind::file:
      action = "_files";
      break;
    case ValueKind::folder:
      action = "_files -/";
      break;
    case ValueKind::word:
      action = fmt::format("({})", join(argument.words, " "));
      break;
  }
  return fmt::format(":{}:{}", escaped(argument.placeholder), action);
}

std::string specifications_of(const ArgumentDescription& option) {
  std::vector<std::string> excluded = option.excluded;
  if (!option.repeatable) {
    excluded.insert(excluded.end(), option.names.begin(), option.names.end());
  }
  std::string text;
  for (const std::string& name : option.names) {
    const std::string before =
        option.repeatable ? std::string("*") : fmt::format("({})", join(excluded, " "));
    text += fmt::format("        {} \\\n",
                        shell_quoted(fmt::format("{}{}[{}]{}", before, name, escaped(option.help),
                                                 value_of(option))));
  }
  return text;
}

std::string case_of(const CommandDescription& command) {
  std::string text = fmt::format("    {})\n      _arguments -s \\\n", command.name);
  for (const ArgumentDescription& option : command.options) text += specifications_of(option);
  for (const ArgumentDescription& argument : command.arguments) {
    const std::string place = argument.takes_many ? "*" : "";
    text += fmt::format("        {} \\\n", shell_quoted(place + value_of(argument)));
  }
  return text + "        && return 0\n      ;;\n";
}

}  // namespace

std::string zsh_completion(const CommandDescription& program) {
  std::string commands;
  std::string cases;
  for (const CommandDescription& command : program.commands) {
    commands += fmt::format("    {}\n", shell_quoted(command.name + ":" + command.summary));
    cases += case_of(command);
  }
  std::string options;
  for (const ArgumentDescription& option : program.options) {
    options += specifications_of(option);
  }
  return fmt::format(
      "#compdef {0}\n"
      "# Completion of {0} for zsh, made of the command line itself by\n"
      "# `{0} completion zsh`.\n\n"
      "_{0}() {{\n"
      "  local context state state_descr line\n"
      "  typeset -A opt_args\n"
      "  local -a commands=(\n{1}  )\n"
      "  _arguments -C \\\n{2}        '1:command:->command' \\\n"
      "        '*::argument:->argument' && return 0\n"
      "  if [[ $state == command ]]; then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  case $line[1] in\n{3}  esac\n"
      "}}\n\n"
      "if [[ $funcstack[1] == _{0} ]]; then\n"
      "  _{0} \"$@\"\n"
      "else\n"
      "  compdef _{0} {0}\n"
      "fi\n",
      program.name, commands, options, cases);
}

}  // namespace espalier
