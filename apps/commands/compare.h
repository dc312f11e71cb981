#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/run/output_directory.h"

namespace espalier {

struct CompareOptions {
  std::string config_path;
  std::vector<std::string> overrides;
  /// Parts of the grid or of the arms to keep, as parse_comparison takes them.
  std::vector<std::string> only;
  /// Empty optional: runs/NAME.
  std::optional<std::string> out;
  OutputDirectory::Mode mode = OutputDirectory::Mode::fresh;
  /// Directories of comparisons to take finished trials from; then none is run.
  std::vector<std::string> merge;
  /// Tell what would be run, and stop.
  bool dry_run = false;
  bool quiet = false;
  bool json = false;
  int threads = 1;
};

/// `espalier compare`: every trial of a comparison, then its tables, tests and report. Returns the
/// exit code: 0; 1 where a trial failed or is missing; 130 if it was interrupted (and can be
/// resumed).
int compare(const CompareOptions& options);

}  // namespace espalier
