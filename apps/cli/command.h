#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace espalier {

/// What the value of an option must be.
struct Check {
  /// Of one value: what is wrong with it, empty where nothing is.
  std::function<std::string(const std::string&)> problem;
  /// What is accepted, for the help, the manual and completion, which alone ask: "1 to 1024", or
  /// "{csv,json}" where it is one of a set.
  std::function<std::string()> accepted = [] { return std::string(); };
};

/// A whole number of 64 bits as one writes it: not 1.5, 0x10, 010.
Check whole_number();
Check whole_number(std::int64_t least, std::int64_t most);
/// Any number from `least` to `most`.
Check number(double least, double most);
/// One of `words`, which completion then offers. They have no commas in them.
Check one_of(const std::vector<std::string>& words);
/// How Check::accepted tells a set.
std::string set_of(const std::vector<std::string>& words);

/// An option of a command, or an argument without a name.
class CommandOption {
 public:
  explicit CommandOption(CLI::Option* option) : option_(option) {}

  CommandOption* required();
  /// What stands for the value in the help. It says what completion offers as well: files for
  /// FILE and CONFIG, folders for DIR and RUN.
  CommandOption* type_name(const std::string& name);
  CommandOption* check(const Check& check);
  /// Not to be given together with another.
  CommandOption* excludes(CommandOption* other);
  CommandOption* excludes(const std::string& name);
  /// Only together with another.
  CommandOption* needs(const std::string& name);
  /// What stands between several values in one word.
  CommandOption* delimiter(char sign);
  /// Whether an option of several values takes all that follow it. If not, it is to be repeated.
  CommandOption* allow_extra_args(bool allow);

 private:
  CLI::Option* option_;
};

/// A command of the command line, or all of it. CLI11 under its own names, in a declaration that
/// compiles at once: CLI11's header takes every file that includes it 5 s, 15 s under the
/// sanitizers.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  Command* add_subcommand(const std::string& name, const std::string& summary);
  /// An option by its names ("-o,--override"), or an argument without one ("config"). `value` is
  /// set while the command line is read. The types there are, are at the end of command.cpp.
  template <typename T>
  CommandOption* add_option(const std::string& names, T& value, const std::string& help);
  /// Calls `take` with the value.
  CommandOption* add_option_function(const std::string& names,
                                     const std::function<void(const std::string&)>& take,
                                     const std::string& help);
  CommandOption* add_flag(const std::string& name, bool& value, const std::string& help);
  CommandOption* add_flag_callback(const std::string& name, std::function<void()> given,
                                   const std::string& help);
  /// What the command does, once all of the command line is read.
  void callback(std::function<void()> run);

  const CLI::App& app() const { return *app_; }

 private:
  CommandOption* keep(CLI::Option* option);

  CLI::App* app_;
  std::vector<std::unique_ptr<Command>> commands_;
  std::vector<std::unique_ptr<CommandOption>> options_;
};

}  // namespace espalier
