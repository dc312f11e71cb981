#include "apps/commands/arguments.h"

namespace espalier {

void add_overrides(Command& command, std::vector<std::string>& overrides) {
  command
      .add_option("-o,--override", overrides,
                  "Set a value of the config, e.g. train.epochs=5 (repeatable)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command
      .add_option_function(
          "--seed", [&overrides](const std::string& seed) { overrides.push_back("seed=" + seed); },
          "Short for -o seed=N")
      ->type_name("N");
}

void add_levels(Command& command, std::vector<double>& percents, const std::string& help) {
  command.add_option("--level", percents, help)
      ->type_name("P,…")
      ->delimiter(',')
      ->allow_extra_args(false);
}

}  // namespace espalier
