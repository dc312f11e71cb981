#include "apps/commands/arguments.h"

#include <charconv>
#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/config/text.h"

namespace espalier {

void add_overrides(CLI::App& command, std::vector<std::string>& overrides) {
  command
      .add_option("-o,--override", overrides,
                  "Set a value of the config, e.g. train.epochs=5 (repeatable)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command
      .add_option_function<std::string>(
          "--seed", [&overrides](const std::string& seed) { overrides.push_back("seed=" + seed); },
          "Short for -o seed=N")
      ->type_name("N");
}

void add_levels(CLI::App& command, std::vector<double>& percents, const std::string& help) {
  command.add_option("--level", percents, help)
      ->type_name("P,…")
      ->delimiter(',')
      ->allow_extra_args(false);
}

CLI::Validator whole_number() {
  return CLI::Validator(
      [](std::string& text) {
        std::int64_t number = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, number);
        if (error == std::errc() && stop == end && text == std::to_string(number))
          return std::string();
        return fmt::format("expected a whole number, found {}", in_quotes(text));
      },
      "");
}

}  // namespace espalier
