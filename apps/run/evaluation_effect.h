#pragma once

#include <string>

namespace espalier {

/// How far a finished run's regularizers move its forecasts: the largest difference, on 64 random
/// windows, between a pass in which they have their say in evaluation and one of the network alone,
/// both scaled. 0 for most; more where states or masks of forecasts are theirs to choose. Throws as
/// load_run_model does.
double largest_forecast_change(const std::string& run);

}  // namespace espalier
