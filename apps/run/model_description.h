#pragma once

#include <string>

#include "apps/config/config.h"
#include "apps/training/forecasting_task.h"

namespace espalier {

/// The text of model/config.json: what it takes to build the trained model and to feed it, so the
/// model's type and settings, names and scales of the columns.
std::string model_description(const Config& config, const ForecastingTask& task);

/// Throws Error unless `run` has just that in its model/config.json: the numbers would be those of
/// another model.
void check_model_description(const std::string& run, const Config& config,
                             const ForecastingTask& task);

}  // namespace espalier
