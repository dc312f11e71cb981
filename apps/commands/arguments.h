#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Validator;
}  // namespace CLI

namespace espalier {

/// -o KEY=VALUE and --seed N, for a command that takes a config.
void add_overrides(CLI::App& command, std::vector<std::string>& overrides);

/// --level 80,95, which may also be given several times.
void add_levels(CLI::App& command, std::vector<double>& percents, const std::string& help);

/// Refuses what isn't a whole number of 64 bits as one writes it: 1.5, 0x10, 010.
CLI::Validator whole_number();

}  // namespace espalier
