#pragma once

#include "apps/config/config.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"

namespace espalier {

/// Whether the learner's only regularizer changes a pass or, at some step of a run of the length of
/// `run`, weights or gradients. Tries it on the learner, which is of no use afterwards.
bool regularizer_acts(const Learner& learner, const ForecastingTask& task,
                      const TrainingProgress& run);

/// Proves, before training, that each configured regularizer changes something in this run: tried
/// alone on the configured model, it must change a pass or, at some step of the run, the
/// weights or gradients. Throws UsageError for one that doesn't, saying what the model offers: a
/// comparison with an inert arm would compare nothing.
void check_regularizers_act(const Config& config, const ForecastingTask& task);

}  // namespace espalier
