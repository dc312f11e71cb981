#include <filesystem>

#include <fmt/format.h>

#include "apps/config/read_config.h"
#include "apps/inspect/inspection.h"
#include "apps/run/run_directory.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

/// What the run was made from must still be there. Relative paths are those from where the run was
/// started.
void check_inputs(const std::string& run, const std::string& resolved) {
  for (const auto& [key, path] : input_files(resolved)) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) continue;
    throw UsageError(fmt::format(
        "{} of the run in {} names {}, which isn't there: the run can't be repeated without it; "
        "put it back, or call from the folder where the run was started",
        key, run, path));
  }
}

}  // namespace

FinishedRun read_finished_run(const std::string& directory, const Catalogue& catalogue) {
  check_finished_run(directory);
  FinishedRun run{.directory = directory, .resolved = {}, .config = {}, .data_sha256 = {}};
  const std::string path = directory + "/config.resolved.json";
  run.resolved = read_config_text(path);
  check_inputs(directory, run.resolved);
  run.config = parse_config(run.resolved, path, {}, catalogue);
  run.data_sha256 = check_run_data(directory, run.config.data);
  return run;
}

}  // namespace espalier
