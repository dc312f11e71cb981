#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/cli/command.h"
#include "tests/cli/small_run.h"

namespace espalier::test {

constexpr int run_failed = 1;
constexpr int usage_wrong = 2;

/// Everything a user can get wrong in one go. A case changes what it needs of the small run, which
/// is sound by itself.
struct BadInput {
  std::string name;
  int exit_code = usage_wrong;
  /// What stderr must say, each somewhere.
  std::vector<std::string> words;
  std::string config = small_config;
  std::string csv = small_csv();
  std::vector<std::string> arguments = {"train", "config.json", "--out", "run", "--quiet"};
};

/// small_config with one text replaced; throws if it isn't there.
std::string config_with(std::string_view original, std::string_view replacement);
/// small_csv with the cells of one line replaced; the header is line 1.
std::string csv_with_line(std::size_t line, std::string_view replacement);

/// The config's text, whole.
BadInput bad_config(std::string name, std::string config, std::vector<std::string> words);
/// One place in the config.
BadInput bad_place(std::string_view original, std::string_view replacement,
                   std::vector<std::string> words);
/// A value, by -o.
BadInput bad_override(const std::string& assignment, std::vector<std::string> words);
/// The whole command line.
BadInput bad_arguments(std::vector<std::string> arguments, std::vector<std::string> words);
/// What the file holds can't be used: exit code 1.
BadInput bad_csv(std::string name, std::string csv, std::vector<std::string> words);

/// Empty if the outcome is one clear message with the words and the exit code expected, else what
/// isn't as it should be.
std::string fault_of(const Outcome& outcome, int exit_code, const std::vector<std::string>& words);

/// Runs every case in a folder of its own and checks the outcome; none may leave a run directory.
void check_each(const std::vector<BadInput>& cases);

}  // namespace espalier::test
