#include "apps/prediction/run_on_file.h"

#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/read_config.h"
#include "apps/config/text.h"
#include "apps/usage_error.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

void check_input(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) return;
  throw UsageError(
      fmt::format("--input {}: there is no such file; name a CSV file with the columns "
                  "that the model reads",
                  path.empty() ? "\"\"" : on_one_line(path)));
}

/// The run's config, with the file to forecast from in place of its data and all columns named.
Config config_for(const std::string& run, const std::string& input, const TrainedModel& trained) {
  // The weights are known, so it doesn't matter whether the files it was made from are still there.
  using nlohmann::json;
  const std::vector<std::string> overrides{
      "train.init_from=null", "data.rows=null",
      "data.path=" + json(input).dump(-1, ' ', false, json::error_handler_t::replace)};
  Config config = read_config(run + "/config.resolved.json", overrides, registered_components());
  config.data.features = std::vector<std::string>();
  for (const DescribedColumn& feature : trained.features) {
    config.data.features->push_back(feature.name);
  }
  config.data.targets.clear();
  for (const DescribedColumn& target : trained.targets) {
    config.data.targets.push_back(target.name);
  }
  return config;
}

Scaling scaling_of(const TrainedModel& trained) {
  Scaling scaling;
  for (const DescribedColumn& feature : trained.features) scaling.features.push_back(feature.scale);
  for (const DescribedColumn& target : trained.targets) scaling.targets.push_back(target.scale);
  return scaling;
}

}  // namespace

RunOnFile open_run_on(const std::string& run, const std::string& input) {
  TrainedModel trained = load_run_model(run);
  check_input(input);
  Config config = config_for(run, input, trained);
  Frame frame = read_known_rows(config.data, config.protocol);
  Learner learner = make_learner(config, frame);
  load_parameters(run + "/model/model.safetensors", learner.model->parameters());
  Scaling scaling = scaling_of(trained);
  return {.trained = std::move(trained),
          .config = std::move(config),
          .frame = std::move(frame),
          .learner = std::move(learner),
          .scaling = std::move(scaling)};
}

}  // namespace espalier
