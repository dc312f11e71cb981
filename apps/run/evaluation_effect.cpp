#include "apps/run/evaluation_effect.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <nlohmann/json.hpp>

#include "apps/config/catalogue.h"
#include "apps/config/read_config.h"
#include "apps/run/trained_model.h"
#include "apps/training/learner.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

constexpr std::int64_t batch = 64;

/// The regularizers as the run's config names them. What they do when they are attached to
/// `parameters` is undone.
Regularizers regularizers_of(const std::string& run, Parameters& parameters) {
  using nlohmann::json;
  const std::string config_file = run + "/config.resolved.json";
  // No rows are read, so it doesn't matter whether the run's data are still there.
  const std::string present =
      json(config_file).dump(-1, ' ', false, json::error_handler_t::replace);
  const std::vector<std::string> overrides{"train.init_from=null", "data.path=" + present};
  const Config config = read_config(config_file, overrides, registered_components());
  Regularizers regularizers = make_regularizers(config);
  for (const auto& regularizer : regularizers) regularizer->attach(parameters);
  load_parameters(run + "/model/model.safetensors", parameters);
  return regularizers;
}

std::vector<real> forecasts(const TrainedModel& trained, const Regularizers& regularizers,
                            std::vector<real>& windows) {
  Tape tape(Tape::Mode::inference);
  Forward pass(tape, regularizers, Forward::Purpose::evaluation, 0);
  const Shape shape{trained.shape.window, trained.shape.features, batch};
  const Var y = trained.model->forward(pass, tape.constant({windows.data(), shape}, "x"));
  return {y.value().span().begin(), y.value().span().end()};
}

}  // namespace

double largest_forecast_change(const std::string& run) {
  const TrainedModel trained = load_run_model(run);
  const Regularizers regularizers = regularizers_of(run, trained.model->parameters());
  std::vector<real> windows(
      static_cast<std::size_t>(trained.shape.window * trained.shape.features * batch));
  fill_normal(RandomKey(0), windows);
  const std::vector<real> with = forecasts(trained, regularizers, windows);
  const std::vector<real> without = forecasts(trained, {}, windows);
  double largest = 0;
  for (std::size_t i = 0; i < with.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(with[i] - without[i])));
  }
  return largest;
}

}  // namespace espalier
