#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/read_config.h"
#include "apps/inspect/inspection.h"
#include "apps/run/provenance.h"
#include "apps/run/run_directory.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

namespace {

using nlohmann::json;

/// What the run was made from must still be there. Relative paths are those from where the run was
/// started.
void check_inputs(const std::string& run, const std::string& resolved) {
  const json config = json::parse(resolved, nullptr, /*allow_exceptions=*/false);
  for (const char* key : {"/data/path", "/train/init_from"}) {
    const json::json_pointer pointer(key);
    if (!config.is_object() || !config.contains(pointer) || !config[pointer].is_string()) continue;
    const std::string path = config[pointer].get<std::string>();
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) continue;
    throw UsageError(fmt::format(
        "{} of the run in {} names {}, which isn't there: the run can't be repeated without it; "
        "put it back, or call from the folder where the run was started",
        key, run, path));
  }
}

/// Returns the hash of the data.
std::string check_data(const Config& config, const std::string& run) {
  const std::string meta = run + "/meta.json";
  const std::string before = recorded_sha256(read_file(meta));
  if (before.empty()) {
    throw Error(
        fmt::format("{} is damaged: it doesn't say which data the run was begun with", meta));
  }
  if (sha256_of_file(config.data.path) == before) return before;
  throw UsageError(
      fmt::format("{} has changed since the run in {} was trained on it (SHA-256 {}…): the run "
                  "can't be repeated without the file as it was",
                  config.data.path, run, before.substr(0, 12)));
}

}  // namespace

FinishedRun read_finished_run(const std::string& directory, const Catalogue& catalogue) {
  check_finished_run(directory);
  FinishedRun run{.directory = directory, .resolved = {}, .config = {}, .data_sha256 = {}};
  const std::string path = directory + "/config.resolved.json";
  run.resolved = read_config_text(path);
  check_inputs(directory, run.resolved);
  run.config = parse_config(run.resolved, path, {}, catalogue);
  run.data_sha256 = check_data(run.config, directory);
  return run;
}

}  // namespace espalier
