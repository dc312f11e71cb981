#include "apps/manual/manual_page.h"

#include <cctype>
#include <cstdint>
#include <sstream>

#include <fmt/format.h>

#include "apps/config/text.h"

namespace espalier {

namespace {

/// Of a line of the source.
constexpr std::size_t width = 78;

/// The code point that begins at `at`, which is moved after it. The text is UTF-8: ours.
std::uint32_t next_code_point(const std::string& text, std::size_t& at) {
  const auto byte = [&] {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at]));
  };
  const std::uint32_t first = byte();
  ++at;
  if (first < 0x80) return first;
  std::uint32_t code = first & (first < 0xE0 ? 0x1FU : first < 0xF0 ? 0x0FU : 0x07U);
  for (; at < text.size() && (byte() & 0xC0U) == 0x80U; ++at) code = code << 6U | (byte() & 0x3FU);
  return code;
}

/// Every hyphen as the minus that can be copied into a shell.
std::string roff_escaped(const std::string& text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t code = next_code_point(text, at);
    switch (code) {
      case '-':
        escaped += "\\-";
        break;
      case '\\':
        escaped += "\\e";
        break;
      case '^':
        escaped += "\\(ha";
        break;
      case '~':
        escaped += "\\(ti";
        break;
      case '`':
        escaped += "\\(ga";
        break;
      default:
        escaped +=
            code < 0x80 ? std::string{static_cast<char>(code)} : fmt::format("\\[u{:04X}]", code);
    }
  }
  return escaped;
}

std::string bold(const std::string& text) {
  return "\\fB" + roff_escaped(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + roff_escaped(text) + "\\fR";
}

std::string value_in_italics(const ArgumentDescription& argument) {
  if (argument.placeholder.empty()) return "";
  return italic(argument.placeholder) + (argument.takes_many ? " ..." : "");
}

/// "-o, --override KEY=VALUE"
std::string heading(const ArgumentDescription& argument) {
  std::vector<std::string> names;
  for (const std::string& name : argument.names) names.push_back(bold(name));
  const std::string value = value_in_italics(argument);
  const std::string all = join(names, ", ");
  return all.empty() || value.empty() ? all + value : all + " " + value;
}

/// The help, and what else there is to know, as sentences.
std::string sentences(const ArgumentDescription& argument) {
  std::string text = argument.help;
  if (!text.ends_with('.')) text += '.';
  if (!argument.words.empty()) {
    text += fmt::format(" One of {}.", join(argument.words, ", "));
  } else if (!argument.accepted.empty()) {
    text += fmt::format(" {}: {}.", argument.placeholder, argument.accepted);
  }
  if (argument.required && !argument.names.empty()) text += " Required.";
  if (!argument.excluded.empty()) {
    text += fmt::format(" Not together with {}.", join(argument.excluded, ", "));
  }
  return text;
}

std::string entry(const ArgumentDescription& argument) {
  return fmt::format(".TP\n{}\n{}", heading(argument), roff_text(sentences(argument)));
}

/// "espalier predict [OPTION ...] --input FILE RUN", what isn't required in brackets.
std::string usage(const std::string& program, const CommandDescription& command) {
  std::string line = bold(program + " " + command.name);
  if (!command.options.empty()) line += " [" + italic("OPTION") + " ...]";
  for (const ArgumentDescription& option : command.options) {
    if (option.required) line += " " + bold(option.names.back()) + " " + value_in_italics(option);
  }
  for (const ArgumentDescription& argument : command.arguments) {
    line += argument.required ? " " + value_in_italics(argument)
                              : " [" + value_in_italics(argument) + "]";
  }
  return line;
}

std::string section_of(const std::string& program, const CommandDescription& command) {
  std::string text = fmt::format(".SS {}\n{}\n.PP\n{}", roff_escaped(program + " " + command.name),
                                 usage(program, command), roff_text(command.summary + "."));
  for (const auto* arguments : {&command.arguments, &command.options}) {
    for (const ArgumentDescription& argument : *arguments) text += entry(argument);
  }
  return text;
}

/// --help, which every command has, is told once.
std::vector<CommandDescription> commands_without_help(const CommandDescription& program) {
  std::vector<CommandDescription> commands = program.commands;
  for (CommandDescription& command : commands) {
    std::erase_if(command.options, [&program](const ArgumentDescription& option) {
      return option.names == program.options.front().names;
    });
  }
  return commands;
}

}  // namespace

std::string roff_text(const std::string& text) {
  std::istringstream words(text);
  std::string lines;
  std::string line;
  const auto end_line = [&] {
    // A period or an apostrophe at the start of a line would be a request to roff.
    if (line.starts_with('.') || line.starts_with('\'')) line = "\\&" + line;
    lines += line + "\n";
    line.clear();
  };
  for (std::string word; words >> word;) {
    const std::string next = roff_escaped(word);
    if (!line.empty() && line.size() + 1 + next.size() > width) end_line();
    line += (line.empty() ? "" : " ") + next;
    // roff sets the space between sentences itself.
    if (word.ends_with('.') && word != "e.g.") end_line();
  }
  if (!line.empty()) end_line();
  return lines;
}

std::string roff_literal(const std::string& text) {
  return roff_escaped(text);
}

std::string manual_page(const CommandDescription& program) {
  const std::vector<CommandDescription> commands = commands_without_help(program);
  std::string summary = program.summary;
  if (summary.ends_with('.')) summary.pop_back();
  summary.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(summary.front())));
  std::string text = fmt::format(
      ".\\\" Made of the command line itself by `{0} manual`.\n"
      ".TH ESPALIER 1 \"\" \"{0} {1}\" \"User Commands\"\n"
      ".SH NAME\n{0} \\- {2}"
      ".SH SYNOPSIS\n",
      program.name, ESPALIER_VERSION, roff_text(summary));
  for (const CommandDescription& command : commands) {
    text += usage(program.name, command) + "\n.br\n";
  }
  text += fmt::format("{} [{}] {} | {}\n", bold(program.name), italic("COMMAND"), bold("--help"),
                      bold("--version"));
  text += manual_description() + ".SH OPTIONS\n";
  for (const ArgumentDescription& option : program.options) text += entry(option);
  text += ".SH COMMANDS\n";
  for (const CommandDescription& command : commands) text += section_of(program.name, command);
  return text + manual_sections();
}

}  // namespace espalier
