#pragma once

#include <string>

#include "apps/data/frame.h"
#include "apps/data/scaler.h"
#include "apps/prediction/loaded_run.h"

namespace espalier {

/// A finished run with another file in place of its data, ready to forecast.
struct RunOnFile {
  /// Its config has the file as its data.
  LoadedRun loaded;
  Frame frame;
  /// The run's own; series that are new have their own.
  Scaling scaling;
};

/// Whether rows after those of the file are needed.
enum class Beyond { nothing, horizon };

/// Reads `input` as the config of `run` says. The run's own data aren't read. Throws UsageError
/// where `run` is no finished run or `input` no file, Error for a file that doesn't fit.
RunOnFile open_run_on(const std::string& run, const std::string& input, Beyond beyond);

/// How many rows there are to forecast from, in words: of several series, the longest has them.
std::string known_rows_text(const Frame& frame);

}  // namespace espalier
