#pragma once

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cli/command.h"

namespace espalier::test {

inline std::string help_of(const std::string& command) {
  const Outcome outcome = command.empty() ? run({"--help"}) : run({command, "--help"});
  REQUIRE(outcome.exit_code == 0);
  return outcome.out;
}

/// The names that begin the lines of a part of a help: "Options" or "Subcommands".
inline std::vector<std::string> names_of_help(const std::string& help, const std::string& part) {
  static const std::regex line(R"(^  ([\w-]+)(,(--[\w-]+))?( .*)?$)");
  std::vector<std::string> names;
  std::istringstream lines(help.substr(std::min(help.find("\n" + part + ":\n"), help.size())));
  std::string text;
  std::getline(lines, text);
  std::getline(lines, text);
  while (std::getline(lines, text) && !text.empty()) {
    std::smatch match;
    if (!std::regex_match(text, match, line)) continue;  // a help text that goes on
    names.push_back(match[1]);
    if (match[3].matched) names.push_back(match[3]);
  }
  return names;
}

/// The options of each command by its help; "" is espalier without one.
inline const std::map<std::string, std::vector<std::string>>& options_of_help() {
  static const auto options = [] {
    const std::string help = help_of("");
    std::map<std::string, std::vector<std::string>> all{{"", names_of_help(help, "Options")}};
    for (const std::string& command : names_of_help(help, "Subcommands")) {
      all[command] = names_of_help(help_of(command), "Options");
    }
    return all;
  }();
  return options;
}

}  // namespace espalier::test
