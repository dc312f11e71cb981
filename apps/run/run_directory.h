#pragma once

#include <string>

#include "core/descriptor.h"

namespace espalier {

/// The folder of one run, held by this process alone while the object lives.
///
///   config.json             as given            config.resolved.json   every default written out
///   meta.json               what it ran on      timing.jsonl           seconds per epoch
///   metrics.jsonl           one line per epoch  metrics.json           final scores
///   pruning.jsonl           one line per update of a mask
///   forecasts.csv           the scored windows
///   checkpoints/last.safetensors   all state    checkpoints/best.safetensors   weights
///   model/config.json, model/model.safetensors  what forecasting new rows takes
class RunDirectory {
 public:
  enum class Mode {
    fresh,   ///< refuses a folder that holds anything
    resume,  ///< goes on with the run in the folder, or begins it
    force,   ///< removes an earlier run's files first; refuses a folder that holds none
  };

  /// Creates the folder or takes it over. `resolved_config` becomes config.resolved.json; on
  /// resume it must equal the one that is there. Throws UsageError where the mode refuses, Error
  /// where the system does.
  RunDirectory(std::string path, Mode mode, const std::string& resolved_config);

  const std::string& path() const { return path_; }
  /// The path of a file in it.
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  bool has(const std::string& name) const;

 private:
  void lock() const;
  void adopt(const std::string& resolved_config);
  void remove_earlier_run();
  bool holds_anything() const;

  std::string path_;
  Descriptor folder_;  // its lock is the claim on the directory
};

}  // namespace espalier
