#pragma once

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/run/output_directory.h"

namespace espalier {

/// The argument CONFIG, a file or - for standard input.
void add_config(Command& command, std::string& path);

/// The argument RUN.
void add_run(Command& command, std::string& run);

/// -o KEY=VALUE and --seed N, for a command that takes a config.
void add_overrides(Command& command, std::vector<std::string>& overrides);

/// What every command has that fills a directory: --out, by default `place`, --resume, --force,
/// --quiet and --json.
template <typename Options>
void add_output(Command& command, const std::shared_ptr<Options>& options, const std::string& noun,
                const std::string& place) {
  command
      .add_option("--out", options->out,
                  fmt::format("Directory of the {} (default: {})", noun, place))
      ->type_name("DIR")
      ->check({[](const std::string& path) {
        return path.empty() ? "expected a directory, found an empty text" : "";
      }});
  auto* resume = command.add_flag_callback(
      "--resume", [options] { options->mode = OutputDirectory::Mode::resume; },
      fmt::format("Go on with the {} in the directory", noun));
  command
      .add_flag_callback(
          "--force", [options] { options->mode = OutputDirectory::Mode::force; },
          fmt::format("Replace an earlier {} in the directory", noun))
      ->excludes(resume);
  command.add_flag("--quiet", options->quiet, "No progress on stderr");
  command.add_flag("--json", options->json, "Print the result as one JSON object");
}

/// --threads N: by default all cores.
void add_threads(Command& command, int& threads, const std::string& help);

/// --level 80,95, which may also be given several times.
void add_levels(Command& command, std::vector<double>& percents, const std::string& help);

}  // namespace espalier
