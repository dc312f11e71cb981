#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/run/output_directory.h"

namespace espalier {

/// The folder of one run.
///
///   config.json             as given            config.resolved.json   every default written out
///   meta.json               what it ran on      timing.jsonl           seconds per epoch
///   metrics.jsonl           one line per epoch  metrics.json           final scores
///   pruning.jsonl           one line per update of a mask
///   forecasts.csv           the scored windows
///   checkpoints/last.safetensors   all state    checkpoints/best.safetensors   weights
///   model/{config.json,{model,calibration}.safetensors}   what forecasting new rows takes
///   inspect.html            where espalier inspect was here
class RunDirectory : public OutputDirectory {
 public:
  /// `resolved_config` becomes config.resolved.json; on resume it must equal the one that is there.
  /// Throws as OutputDirectory does.
  RunDirectory(std::string path, Mode mode, const std::string& resolved_config);
};

/// Throws UsageError unless `run` is the directory of a run that has come to its end.
void check_finished_run(const std::string& run);

/// A file that a run was made from, and where in its config it is named: "/data/path".
struct InputFile {
  std::string pointer;
  std::string path;
};

/// Those in the text of a config.resolved.json; none where that is damaged.
std::vector<InputFile> input_files(const std::string& resolved_config);

/// The files that a finished run consists of and was made from, as far as they are there: what a
/// command that reads the run must not overwrite. Throws as check_finished_run.
std::vector<std::string> files_of_run(const std::string& run);

/// Throws UsageError where the data that `run` was trained on have changed since, Error where its
/// meta.json is damaged. Returns their SHA-256.
std::string check_run_data(const std::string& run, const DataConfig& data);

}  // namespace espalier
