#pragma once

#include "apps/config/config.h"
#include "apps/data/frame.h"
#include "apps/data/scaler.h"
#include "apps/data/split.h"
#include "apps/data/windows.h"

namespace espalier {

/// The data of a run, ready to train on.
struct ForecastingTask {
  Frame frame;
  WindowSplit split;
  /// As the config asks for: what the model sees.
  Scaling scaling;
  /// Standardised by the training rows, whatever the config asks for: the unit of scaled scores.
  Scaling standard;
  Windows windows;
};

/// Reads and splits the file, fits the scaling to the rows the protocol allows, cuts windows.
ForecastingTask load_task(const DataConfig& config, Protocol protocol);

/// The same from complete rows at hand.
ForecastingTask make_task(const DataConfig& config, Protocol protocol, Frame frame);

/// The same with windows already shared out.
ForecastingTask make_task(const DataConfig& config, Frame frame, WindowSplit split);

}  // namespace espalier
