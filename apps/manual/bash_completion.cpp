#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/manual/completion.h"

namespace espalier {

namespace {

// NAME is the program's. What is generated are the two tables that this reads: the options of a
// command, and what the value of an option or of an argument is.
constexpr const char* reader = R"(
_NAME() {
  local current=${COMP_WORDS[COMP_CWORD]} command= awaiting= place=0 i word
  local kind= many= words=
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == [=:] ]]; then
      # bash splits words there: the next one is the option's value or belongs to the last one.
      [[ $awaiting ]] || ((++i < COMP_CWORD)) || return 0
    elif [[ $word == -?* ]]; then
      _NAME_value "$command $word"
      awaiting=
      [[ $kind ]] && awaiting=$word
    elif [[ $awaiting ]]; then
      [[ $many ]] || awaiting=
    elif [[ ! $command ]]; then
      command=$word
    else
      ((++place))
    fi
  done
  if [[ $current == [=:] ]]; then
    [[ $awaiting ]] || return 0
    current=
  fi
  if [[ $awaiting && (! $many || $current != -*) ]]; then
    _NAME_value "$command $awaiting"
  elif [[ $current == -?* || $current == - ]]; then
    kind=options
  else
    _NAME_value "$command $place"
  fi
  case ${kind:-options} in
    file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    folder)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      ;;
    word) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
    options)
      _NAME_options "$command"
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
      ;;
  esac
}
complete -F _NAME NAME
)";

std::string named(std::string text, const std::string& name) {
  for (std::size_t at = 0; (at = text.find("NAME", at)) != std::string::npos; at += name.size()) {
    text.replace(at, 4, name);
  }
  return text;
}

std::string kind_name(ValueKind kind) {
  switch (kind) {
    case ValueKind::none:
      break;
    case ValueKind::text:
      return "text";
    case ValueKind::file:
      return "file";
    case ValueKind::folder:
      return "folder";
    case ValueKind::word:
      return "word";
  }
  return "";
}

/// A line of a case statement: what the value is at `pattern`.
std::string value_case(const std::string& pattern, const ArgumentDescription& argument) {
  std::string line = fmt::format("    {}) kind={}", pattern, kind_name(argument.kind));
  if (argument.takes_many) line += " many=yes";
  if (!argument.words.empty()) line += " words=" + shell_quoted(join(argument.words, " "));
  return line + " ;;\n";
}

std::string value_cases(const std::string& command, const CommandDescription& description) {
  std::string cases;
  for (const ArgumentDescription& option : description.options) {
    if (option.kind == ValueKind::none) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : option.names) {
      patterns.push_back(shell_quoted(command + " " + name));
    }
    cases += value_case(join(patterns, " | "), option);
  }
  for (std::size_t place = 0; place < description.arguments.size(); ++place) {
    const ArgumentDescription& argument = description.arguments[place];
    // Of several values, the last argument has all places that are left.
    const std::string pattern = argument.takes_many
                                    ? shell_quoted(command + " ") + "[0-9]*"
                                    : shell_quoted(fmt::format("{} {}", command, place));
    cases += value_case(pattern, argument);
  }
  return cases;
}

std::string options_case(const std::string& command, const CommandDescription& description) {
  std::vector<std::string> names;
  for (const ArgumentDescription& option : description.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return fmt::format("    {}) words={} ;;\n", shell_quoted(command),
                     shell_quoted(join(names, " ")));
}

}  // namespace

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string(R"('\'')") : std::string{c};
  return quoted + "'";
}

std::string bash_completion(const CommandDescription& program) {
  ArgumentDescription command{.kind = ValueKind::word};
  std::string values = value_cases("", program);
  std::string options = options_case("", program);
  for (const CommandDescription& one : program.commands) {
    command.words.push_back(one.name);
    values += value_cases(one.name, one);
    options += options_case(one.name, one);
  }
  const std::string& name = program.name;
  return fmt::format(
             "# Completion of {0} for bash, made of the command line itself by\n"
             "# `{0} completion bash`.\n\n"
             "# What is to be completed at \"COMMAND OPTION\" or \"COMMAND PLACE\".\n"
             "_{0}_value() {{\n  kind= many= words=\n  case $1 in\n{1}{2}  esac\n}}\n\n"
             "_{0}_options() {{\n  words=\n  case $1 in\n{3}  esac\n}}\n",
             name, value_case("' 0'", command), values, options) +
         named(reader, name);
}

}  // namespace espalier
