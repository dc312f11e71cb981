#include "apps/prediction/loaded_run.h"

#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/read_config.h"
#include "apps/data/cell_text.h"
#include "apps/training/learner.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

/// The run's config, with the file to forecast from in place of its data and all columns named.
Config config_for(const std::string& run, const std::string& input, const TrainedModel& trained) {
  // The weights are known, so it doesn't matter whether the files it was made from are still there.
  using nlohmann::json;
  const std::vector<std::string> overrides{
      "train.init_from=null", "data.rows=null",
      "data.path=" + json(input).dump(-1, ' ', false, json::error_handler_t::replace)};
  Config config = read_config(run + "/config.resolved.json", overrides, registered_components());
  // A few new rows may not show which of two orders their dates are in.
  if (!config.data.date_order && !trained.date_order.empty()) {
    config.data.date_order = trained.date_order;
  }
  // What is made of the time stands at the end, a sine and a cosine each.
  const std::size_t made = 2 * config.data.calendar.size();
  if (made > trained.features.size()) {
    throw Error(fmt::format(
        "{}/config.resolved.json was changed: \"calendar\" makes {} columns, and the model takes {}",
        run, made, trained.features.size()));
  }
  const std::size_t columns = trained.features.size() - made;
  config.data.features = std::vector<std::string>();
  for (std::size_t f = 0; f < columns; ++f) {
    config.data.features->push_back(trained.features[f].name);
  }
  return config;
}

/// The file tells how rows are read, the model what it takes and makes: each of its own copy.
void check_fit(const LoadedRun& run) {
  const DataConfig& data = run.config.data;
  const ForecastShape& shape = run.trained.shape;
  std::vector<std::string> targets;
  for (const DescribedColumn& target : run.trained.targets) targets.push_back(target.name);
  const bool melted = data.melt;
  const char* differs = nullptr;
  if (run.config.model.type != run.trained.type) differs = "model.type";
  if (data.window != shape.window) differs = "data.window";
  if (data.horizon != shape.horizon) differs = "data.horizon";
  if (!melted && data.targets != targets) differs = "data.target";
  if ((melted || data.series) == run.trained.series_column.empty()) differs = "data.series";
  if (differs == nullptr) return;
  throw Error(fmt::format(
      "{0}/config.resolved.json doesn't fit {0}/model/config.json beside it ({1}): one of them was "
      "changed; put it back as it was, or train again",
      run.path, differs));
}

}  // namespace

LoadedRun load_run(const std::string& run, const std::optional<std::string>& input) {
  LoadedRun loaded{.path = run, .trained = load_run_model(run), .config = {}, .regularizers = {}};
  // A config must name a file that is there.
  const std::string file = input.value_or(run + "/config.resolved.json");
  loaded.config = config_for(run, file, loaded.trained);
  check_fit(loaded);
  loaded.regularizers = make_regularizers(loaded.config);
  for (const auto& regularizer : loaded.regularizers) {
    regularizer->attach(loaded.trained.model->parameters());
  }
  return loaded;
}

void refuse_levels_of_quantiles(const LoadedRun& run, std::span<const double> levels) {
  if (run.trained.shape.quantiles.empty() || levels.empty()) return;
  throw UsageError(
      fmt::format("--level: the model in {} forecasts quantiles of its own, which are its "
                  "intervals: leave --level out",
                  run.path));
}

std::size_t chosen_horizon(const LoadedRun& run, const std::optional<std::int64_t>& asked) {
  const std::int64_t most = run.trained.shape.horizon;
  const std::int64_t horizon = asked.value_or(most);
  if (horizon >= 1 && horizon <= most) return static_cast<std::size_t>(horizon);
  throw UsageError(fmt::format(
      "--horizon is {}, but the model in {} forecasts {}: expected 1 to {}, or train one with a "
      "longer data.horizon",
      horizon, run.path, counted(static_cast<std::size_t>(most), "step"), most));
}

}  // namespace espalier
