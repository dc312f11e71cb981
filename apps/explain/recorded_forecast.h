#pragma once

#include "apps/data/scaler.h"
#include "apps/explain/explained_window.h"

namespace espalier {

/// What forecasts.csv of a scored window's run has of it: a forecast counts as another where it is
/// further from the window's, in float, than a ten-thousandth of a deviation. Random forecasts
/// aren't compared. Throws Error where the file can't be read.
ExplainedWindow::Record recorded_forecast(const ExplainedWindow& window, const Scaling& scaling);

}  // namespace espalier
