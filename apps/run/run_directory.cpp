#include "apps/run/run_directory.h"

#include <array>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/run/provenance.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

namespace {

using nlohmann::json;

constexpr const char* resolved_name = "config.resolved.json";

constexpr std::array entries{
    "config.json",   "meta.json",    "metrics.jsonl", "metrics.json",
    "pruning.jsonl", "timing.jsonl", "forecasts.csv", "checkpoints",
    "model",         "inspect.html", resolved_name,
};

constexpr OutputKind run_kind{.noun = "run", .mark = resolved_name, .entries = entries};

}  // namespace

RunDirectory::RunDirectory(std::string path, Mode mode, const std::string& resolved_config)
    : OutputDirectory(std::move(path), mode, run_kind) {
  if (has(resolved_name)) {
    const std::string there = read_file(file(resolved_name));
    if (there != resolved_config) {
      throw UsageError(fmt::format(
          "the run in {} was begun with another config ({}): give the same one to --resume it, or "
          "replace it by --force",
          this->path(), first_difference(there, resolved_config)));
    }
  } else {
    write_file_atomically(file(resolved_name), resolved_config);
  }
  create_folder("checkpoints");
  create_folder("model");
}

void check_finished_run(const std::string& run) {
  const auto has = [&run](const char* name) {
    std::error_code ignored;
    return std::filesystem::exists(run + "/" + name, ignored);
  };
  if (!has(resolved_name)) {
    throw UsageError(fmt::format(
        "{} is no run directory (there is no config.resolved.json): expected one that espalier "
        "train has left",
        run));
  }
  // Written last.
  if (!has("metrics.json")) {
    throw UsageError(fmt::format(
        "the run in {} isn't finished (there is no metrics.json): go on with it by --resume", run));
  }
}

std::vector<InputFile> input_files(const std::string& resolved_config) {
  const json config = json::parse(resolved_config, nullptr, /*allow_exceptions=*/false);
  std::vector<InputFile> files;
  for (const char* key : {"/data/path", "/train/init_from"}) {
    const json::json_pointer pointer(key);
    if (!config.is_object() || !config.contains(pointer) || !config[pointer].is_string()) continue;
    files.push_back({key, config[pointer].get<std::string>()});
  }
  return files;
}

std::vector<std::string> files_of_run(const std::string& run) {
  check_finished_run(run);
  namespace fs = std::filesystem;
  std::error_code ignored;
  std::vector<std::string> files;
  for (const char* entry : entries) {
    files.push_back(run + "/" + entry);
    for (fs::directory_iterator inner(files.back(), ignored); inner != fs::directory_iterator();
         inner.increment(ignored)) {
      files.push_back(inner->path().string());
    }
  }
  for (InputFile& input : input_files(read_file(run + "/" + resolved_name))) {
    files.push_back(std::move(input.path));
  }
  return files;
}

std::string check_run_data(const std::string& run, const DataConfig& data) {
  const std::string meta = run + "/meta.json";
  const std::string recorded = recorded_sha256(read_file(meta));
  if (recorded.empty()) {
    throw Error(
        fmt::format("{} is damaged: it doesn't say which data the run was made with", meta));
  }
  if (sha256_of_file(data.path) == recorded) return recorded;
  throw UsageError(fmt::format(
      "{} has changed since the run in {} was trained on it (SHA-256 {}…): put the file "
      "back as it was, or train again",
      data.path, run, recorded.substr(0, 12)));
}

}  // namespace espalier
