#pragma once

#include <string>

#include "apps/config/config.h"
#include "apps/run/trained_model.h"
#include "apps/training/forecasting_task.h"

namespace espalier {

/// The text of model/config.json: what it takes to build the trained model and to feed it, so the
/// model's type and settings, names and scales of the columns.
std::string model_description(const Config& config, const ForecastingTask& task);

/// The model of a finished run whose config and data are these. Throws Error where the run's
/// model/config.json describes another one: the numbers would be wrong. Scales may differ in their
/// last digits, as another machine rounds them.
TrainedModel load_matching_model(const std::string& run, const Config& config,
                                 const ForecastingTask& task);

}  // namespace espalier
