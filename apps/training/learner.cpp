#include "apps/training/learner.h"

#include <algorithm>

#include "apps/usage_error.h"
#include "core/random.h"
#include "core/safetensors.h"
#include "models/registry.h"
#include "optim/lr_schedule_registry.h"
#include "optim/registry.h"

namespace espalier {

namespace {

/// What a component can't do with these settings is the config's fault.
template <typename Make>
auto blame_config(Make make) {
  try {
    return make();
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

LrSchedules make_lr_schedules(const Config& config) {
  const LrScheduleContext context{.protocol = config.protocol,
                                  .epochs = config.train.epochs,
                                  .patience = config.train.patience};
  LrSchedules schedules;
  for (const ComponentConfig& component : config.lr_schedules) {
    blame_config([&] {
      schedules.push_back(make_lr_schedule(component.type, component.settings, context));
    });
  }
  return schedules;
}

}  // namespace

Regularizers make_regularizers(const Config& config) {
  Regularizers regularizers;
  for (const ComponentConfig& component : config.regularizers) {
    const RegularizerContext context = regularizer_context(config, regularizers.size());
    regularizers.push_back(blame_config(
        [&] { return make_regularizer(component.type, component.settings, context); }));
  }
  return regularizers;
}

ForecastShape forecast_shape(const DataConfig& config, const Frame& frame) {
  ForecastShape shape{.window = config.window,
                      .features = std::ssize(frame.features),
                      .horizon = config.horizon,
                      .targets = std::ssize(frame.targets)};
  for (const std::size_t target : frame.targets) {
    const auto feature = std::ranges::find(frame.features, target);
    shape.own_past.push_back(feature == frame.features.end() ? -1
                                                             : feature - frame.features.begin());
  }
  return shape;
}

RegularizerContext regularizer_context(const Config& config, std::size_t position) {
  return {.protocol = config.protocol,
          .epochs = config.train.epochs,
          .key = RandomKey(config.seed).derive("regularizer").derive(position)};
}

Learner make_learner(const Config& config, const Frame& frame) {
  Learner learner;
  learner.regularizers = make_regularizers(config);
  ForecastShape shape = forecast_shape(config.data, frame);
  shape.quantiles = config.train.quantiles;
  learner.model =
      blame_config([&] { return make_model(config.model.type, config.model.settings, shape); });
  Parameters& parameters = learner.model->parameters();
  learner.optimizer = make_optimizer(config.optimizer.type, config.optimizer.settings, parameters);
  learner.lr_schedules = make_lr_schedules(config);
  if (config.train.init_from) {
    load_parameters(*config.train.init_from, parameters);
  } else {
    learner.model->initialise(RandomKey(config.seed).derive("initial weights"));
  }
  if (config.train.skip_pruned_from) {
    parameters.skip_pruned_from(*config.train.skip_pruned_from);
  }
  blame_config([&] {
    for (const auto& regularizer : learner.regularizers) regularizer->attach(parameters);
  });
  return learner;
}

}  // namespace espalier
