#pragma once

#include "apps/data/scaler.h"
#include "apps/explain/explained_window.h"

namespace espalier {

/// What forecasts.csv of a scored window's run has of it. A forecast is another where it differs
/// from the window's, in float, by more than 1e-4 of the target's deviation and 1e-5 of itself;
/// random forecasts aren't compared. `standard` as ForecastingTask has it. Throws Error where the
/// file can't be read.
ExplainedWindow::Record recorded_forecast(const ExplainedWindow& window,
                                          std::span<const ColumnScale> standard);

}  // namespace espalier
