#include "tests/cli/bad_input.h"

#include <sstream>
#include <stdexcept>

#include <doctest/doctest.h>

namespace espalier::test {

namespace {

/// What only a programmer would understand, or a fault of the program itself.
constexpr std::string_view unwanted[] = {
    "std::",     "espalier::", "nlohmann",       "json.exception",   "basic_string",
    "CLI::",     "terminate",  "Sanitizer",      "runtime error",    "core dumped",
    "Assertion", "__",         "what():",        "Success",          "vector::",
    "bad_alloc", "stoi",       "filesystem err", "invalid_argument",
};

std::size_t count_reports(const std::string& text) {
  std::size_t count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("error: ")) ++count;
  }
  return count;
}

}  // namespace

std::string config_with(std::string_view original, std::string_view replacement) {
  std::string text = small_config;
  const std::size_t at = text.find(original);
  if (at == std::string::npos) throw std::runtime_error("small_config lacks what is replaced");
  return text.replace(at, original.size(), replacement);
}

std::string csv_with_line(std::size_t line, std::string_view replacement) {
  std::istringstream lines(small_csv());
  std::string text;
  std::size_t number = 0;
  for (std::string found; std::getline(lines, found);) {
    text += ++number == line ? std::string(replacement) : found;
    text += '\n';
  }
  if (line > number) throw std::runtime_error("small_csv lacks the line that is replaced");
  return text;
}

BadInput bad_config(std::string name, std::string config, std::vector<std::string> words) {
  BadInput input{.name = std::move(name), .words = std::move(words)};
  input.config = std::move(config);
  return input;
}

BadInput bad_place(std::string_view original, std::string_view replacement,
                   std::vector<std::string> words) {
  BadInput input{.name = std::string(replacement), .words = std::move(words)};
  input.config = config_with(original, replacement);
  return input;
}

BadInput bad_override(const std::string& assignment, std::vector<std::string> words) {
  BadInput input{.name = assignment, .words = std::move(words)};
  input.arguments.insert(input.arguments.end(), {"-o", assignment});
  return input;
}

BadInput bad_arguments(std::vector<std::string> arguments, std::vector<std::string> words) {
  BadInput input{.name = "espalier", .words = std::move(words)};
  for (const std::string& argument : arguments) input.name += " " + argument;
  input.arguments = std::move(arguments);
  return input;
}

BadInput bad_csv(std::string name, std::string csv, std::vector<std::string> words) {
  BadInput input{.name = std::move(name), .exit_code = run_failed, .words = std::move(words)};
  input.csv = std::move(csv);
  return input;
}

std::string fault_of(const Outcome& outcome, int exit_code, const std::vector<std::string>& words) {
  std::string fault;
  if (outcome.exit_code != exit_code) {
    fault += "exit code " + std::to_string(outcome.exit_code) + ", expected " +
             std::to_string(exit_code) + "; ";
  }
  if (count_reports(outcome.err) != 1) fault += "not exactly one line starts with \"error: \"; ";
  for (const std::string& word : words) {
    if (outcome.err.find(word) == std::string::npos) fault += "lacks \"" + word + "\"; ";
  }
  for (const std::string_view word : unwanted) {
    if (outcome.err.find(word) != std::string::npos) {
      fault.append("says \"").append(word).append("\"; ");
    }
  }
  if (!outcome.out.empty()) fault += "something went to stdout; ";
  return fault.empty() ? "" : fault + "stderr: " + outcome.err;
}

void check_each(const std::vector<BadInput>& cases) {
  for (const BadInput& input : cases) {
    CAPTURE(input.name);
    const TemporaryFolder folder;
    write_text(folder / "config.json", input.config);
    write_text(folder / "data.csv", input.csv);
    const Outcome outcome = run(input.arguments, {.folder = folder.path()});
    CHECK(fault_of(outcome, input.exit_code, input.words) == "");
    CHECK_FALSE(exists(folder / "run"));
    CHECK_FALSE(exists(folder / "runs"));
  }
}

}  // namespace espalier::test
