#include "apps/commands/arguments.h"

#include <string_view>

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

CLI::Validator whole_number() {
  return CLI::Validator(
      [](std::string& text) {
        const std::string_view digits =
            std::string_view(text).substr(text.starts_with('-') ? 1 : 0);
        const bool decimal =
            !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
        const bool octal = digits.size() > 1 && digits[0] == '0';  // as the parser would take it
        return decimal && !octal
                   ? ""
                   : fmt::format("expected a whole number, found {}", in_quotes(text));
      },
      "");
}

}  // namespace espalier
