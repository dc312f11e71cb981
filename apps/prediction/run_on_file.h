#pragma once

#include <string>

#include "apps/config/config.h"
#include "apps/data/frame.h"
#include "apps/data/scaler.h"
#include "apps/run/exported_model.h"
#include "apps/training/learner.h"

namespace espalier {

/// A finished run with another file in place of its data, ready to forecast.
struct RunOnFile {
  TrainedModel trained;
  /// The run's config, with the file as its data and all columns named.
  Config config;
  Frame frame;
  /// With the run's weights, and its regularizers as in evaluation.
  Learner learner;
  /// The run's own.
  Scaling scaling;
};

/// Reads `input` as the config of `run` says. The run's own data aren't read. Throws UsageError
/// where `run` is no finished run or `input` no file, Error for a file that doesn't fit.
RunOnFile open_run_on(const std::string& run, const std::string& input);

}  // namespace espalier
