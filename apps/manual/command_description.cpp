#include "apps/manual/command_description.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/config/text.h"

namespace espalier {

namespace {

ValueKind kind_of(const std::string& placeholder) {
  static const std::map<std::string_view, ValueKind> kinds{{"CONFIG", ValueKind::file},
                                                           {"FILE", ValueKind::file},
                                                           {"DIR", ValueKind::folder},
                                                           {"RUN", ValueKind::folder}};
  if (placeholder.empty()) return ValueKind::none;
  const auto found = kinds.find(placeholder);
  return found == kinds.end() ? ValueKind::text : found->second;
}

bool is_set(const std::string& accepted) {
  return accepted.starts_with('{') && accepted.ends_with('}');
}

std::vector<std::string> words_of(const std::string& set) {
  std::vector<std::string> words;
  std::istringstream inside(set.substr(1, set.size() - 2));
  for (std::string word; std::getline(inside, word, ',');) words.push_back(word);
  return words;
}

/// The type's name, and what the checks accept: "N:1 to 1024", "NAME:{csv,json}".
void describe_value(ArgumentDescription& argument, const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t colon = std::min(type.find(':'), type.size());
  argument.placeholder = type.substr(0, colon);
  argument.kind = kind_of(argument.placeholder);
  if (colon == type.size()) return;
  argument.accepted = type.substr(colon + 1);
  if (!is_set(argument.accepted)) return;
  argument.words = words_of(argument.accepted);
  argument.kind = ValueKind::word;
}

ArgumentDescription describe(const CLI::Option& option) {
  ArgumentDescription argument;
  for (const std::string& name : option.get_snames()) argument.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) argument.names.push_back("--" + name);
  argument.help = option.get_description();
  argument.required = option.get_required();
  if (option.get_items_expected_max() > 0) describe_value(argument, option);
  const bool several = option.get_items_expected_max() > 1;
  argument.repeatable = several;
  argument.takes_many = several && (option.get_positional() || option.get_allow_extra_args());
  for (const CLI::Option* other : option.get_excludes()) {
    argument.excluded.push_back(other->get_name());
  }
  std::ranges::sort(argument.excluded);
  return argument;
}

CommandDescription describe(const CLI::App& app) {
  CommandDescription command{.name = app.get_name(), .summary = app.get_description()};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? command.arguments : command.options).push_back(describe(*option));
  }
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    command.commands.push_back(describe(*subcommand));
  }
  return command;
}

}  // namespace

CommandDescription describe(const Command& command) {
  return describe(command.app());
}

}  // namespace espalier
