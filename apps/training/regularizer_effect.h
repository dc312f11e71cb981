#pragma once

#include "apps/config/config.h"
#include "apps/training/forecasting_task.h"

namespace espalier {

/// Proves, before training, that each configured regularizer changes something in this run: tried
/// alone on the configured model, it must change a pass or, at some step of the run, the
/// weights or gradients. Throws UsageError for one that doesn't, saying what the model offers: a
/// comparison with an inert arm would compare nothing.
void check_regularizers_act(const Config& config, const ForecastingTask& task);

}  // namespace espalier
