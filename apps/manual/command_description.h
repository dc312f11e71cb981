#pragma once

#include <string>
#include <vector>

namespace espalier {

class Command;

/// What the value of an argument is, for those who complete it.
enum class ValueKind { none, text, file, folder, word };

/// An option of a command, or an argument without a name.
struct ArgumentDescription {
  /// As they are written, short ones first: {"-o", "--override"}. Empty for an argument.
  std::vector<std::string> names = {};
  /// What stands for the value: "FILE". Empty for a flag.
  std::string placeholder = {};
  std::string help = {};
  ValueKind kind = ValueKind::none;
  /// All values there are, of the kind `word`.
  std::vector<std::string> words = {};
  /// What else a value must be: "1 to 1024". May be empty.
  std::string accepted = {};
  bool required = false;
  /// May be given several times.
  bool repeatable = false;
  /// Takes all values that follow it, up to the next option.
  bool takes_many = false;
  /// Options that can't be given with it.
  std::vector<std::string> excluded = {};
};

struct CommandDescription {
  std::string name;
  std::string summary = {};
  std::vector<ArgumentDescription> arguments = {};
  std::vector<ArgumentDescription> options = {};
  std::vector<CommandDescription> commands = {};
};

/// What the command line says of itself: `command` with its options and its subcommands.
CommandDescription describe(const Command& command);

}  // namespace espalier
