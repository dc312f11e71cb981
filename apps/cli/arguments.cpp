#include "apps/cli/arguments.h"

#include <algorithm>
#include <thread>

namespace espalier {

void add_config(Command& command, std::string& path) {
  command.add_option("config", path, "JSON config; - reads standard input")
      ->required()
      ->type_name("CONFIG");
}

void add_run(Command& command, std::string& run) {
  command.add_option("run", run, "Directory of a finished run")->required()->type_name("RUN");
}

void add_threads(Command& command, int& threads, const std::string& help) {
  threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  command.add_option("--threads", threads, help + " (default: all cores)")
      ->type_name("N")
      ->check(whole_number(1, 1024));
}

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
