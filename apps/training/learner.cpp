#include "apps/training/learner.h"

#include "apps/usage_error.h"
#include "core/random.h"
#include "core/safetensors.h"
#include "models/registry.h"
#include "optim/lr_schedule_registry.h"
#include "optim/registry.h"
#include "regularizers/registry.h"

namespace espalier {

namespace {

Regularizers make_regularizers(const Config& config) {
  const RandomKey key = RandomKey(config.seed).derive("regularizer");
  Regularizers regularizers;
  for (const ComponentConfig& component : config.regularizers) {
    const RegularizerContext context{.protocol = config.protocol,
                                     .epochs = config.train.epochs,
                                     .key = key.derive(regularizers.size())};
    try {
      regularizers.push_back(make_regularizer(component.type, component.settings, context));
    } catch (const Error& error) {
      throw UsageError(error.what());
    }
  }
  return regularizers;
}

LrSchedules make_lr_schedules(const Config& config) {
  const LrScheduleContext context{.protocol = config.protocol,
                                  .epochs = config.train.epochs,
                                  .patience = config.train.patience};
  LrSchedules schedules;
  for (const ComponentConfig& component : config.lr_schedules) {
    try {
      schedules.push_back(make_lr_schedule(component.type, component.settings, context));
    } catch (const Error& error) {
      throw UsageError(error.what());
    }
  }
  return schedules;
}

void attach(const Regularizers& regularizers, Parameters& parameters) {
  try {
    for (const auto& regularizer : regularizers) regularizer->attach(parameters);
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace

Learner make_learner(const Config& config, std::int64_t features) {
  Learner learner;
  learner.regularizers = make_regularizers(config);
  learner.model = make_model(
      config.model.type, config.model.settings,
      {.window = config.data.window, .features = features, .horizon = config.data.horizon});
  Parameters& parameters = learner.model->parameters();
  learner.optimizer = make_optimizer(config.optimizer.type, config.optimizer.settings, parameters);
  learner.lr_schedules = make_lr_schedules(config);
  if (config.train.init_from) {
    load_parameters(*config.train.init_from, parameters);
  } else {
    learner.model->initialise(RandomKey(config.seed).derive("initial weights"));
  }
  attach(learner.regularizers, parameters);
  return learner;
}

}  // namespace espalier
