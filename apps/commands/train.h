#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/run/run_directory.h"

namespace espalier {

struct TrainOptions {
  std::string config_path;
  std::vector<std::string> overrides;
  /// Empty optional: runs/NAME.
  std::optional<std::string> out;
  RunDirectory::Mode mode = RunDirectory::Mode::fresh;
  bool quiet = false;
  bool json = false;
  int threads = 1;
};

/// `espalier train`: one run from config to scores. Returns the exit code: 0, or 130 if it was
/// interrupted (and can be resumed).
int train(const TrainOptions& options);

}  // namespace espalier
