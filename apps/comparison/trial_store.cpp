#include "apps/comparison/trial_store.h"

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/resolved.h"
#include "apps/run/output_directory.h"
#include "apps/run/provenance.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr const char* config_name = "config.json";
constexpr const char* result_name = "result.json";
constexpr const char* timing_name = "timing.json";

template <typename Field>
Json column(const std::vector<TrialEpoch>& epochs, Field field) {
  Json values = Json::array();
  for (const TrialEpoch& epoch : epochs) values.push_back(epoch.*field);
  return values;
}

Json result_json(const TrialResult& result) {
  if (result.failed()) return {{"failure", result.failure}};
  Json json;
  for (const Metric& metric : result.metrics) json["test"][metric.id] = metric.value;
  json["sparsity"] = result.sparsity;
  json["scored_epoch"] = result.scored_epoch;
  json["train_loss"] = column(result.epochs, &TrialEpoch::train_loss);
  json["validation_loss"] = column(result.epochs, &TrialEpoch::validation_loss);
  json["sparsities"] = column(result.epochs, &TrialEpoch::sparsity);
  if (!result.shown_forecasts.empty()) json["shown_forecasts"] = result.shown_forecasts;
  return json;
}

Json timing_json(const TrialResult& result) {
  return {{"seconds", result.seconds},
          {"epoch_seconds", column(result.epochs, &TrialEpoch::seconds)}};
}

TrialResult parsed(const Json& json, const Json& timing) {
  TrialResult result;
  if (json.contains("failure")) {
    result.failure = json.at("failure").get<std::string>();
    return result;
  }
  for (const char* id : {"mae", "rmse", "scaled_mae", "scaled_mse"}) {
    const auto value = json.at("test").at(id).get<double>();
    result.metrics.push_back({.id = id, .title = id, .formula = {}, .value = value});
  }
  result.sparsity = json.at("sparsity").get<double>();
  result.scored_epoch = json.at("scored_epoch").get<std::int64_t>();
  const std::size_t epochs = json.at("train_loss").size();
  const bool whole = epochs > 0 && json.at("validation_loss").size() == epochs &&
                     json.at("sparsities").size() == epochs &&
                     timing.at("epoch_seconds").size() == epochs;
  if (!whole) throw Error("[trial] columns of different lengths");
  for (std::size_t e = 0; e < epochs; ++e) {
    result.epochs.push_back({.train_loss = json.at("train_loss").at(e).get<double>(),
                             .validation_loss = json.at("validation_loss").at(e).get<double>(),
                             .sparsity = json.at("sparsities").at(e).get<double>(),
                             .seconds = timing.at("epoch_seconds").at(e).get<double>()});
  }
  if (json.contains("shown_forecasts")) {
    result.shown_forecasts = json.at("shown_forecasts").get<std::vector<double>>();
  }
  result.seconds = timing.at("seconds").get<double>();
  return result;
}

/// The config in `path` but for what makes no other trial of it: its name, and where its data lies.
/// Empty where it is damaged.
std::string config_there(const std::string& path, const Config& now) {
  try {
    Json there = Json::parse(read_file(path));
    there.at("name") = now.name;
    there.at("data").at("path") = now.data.path;
    return there.dump(2) + "\n";
  } catch (const Error&) {
    return "";
  } catch (const nlohmann::json::exception&) {
    return "";
  }
}

void write_json(const std::string& path, const Json& json) {
  write_file_atomically(path, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

TrialStore::TrialStore(const Comparison& comparison, const Catalogue& catalogue)
    : comparison_(comparison), catalogue_(catalogue) {
  for (const Config& config : comparison.configs) {
    std::string& hash = data_hashes_[config.data.path];
    if (hash.empty()) hash = sha256_of_file(config.data.path);
  }
}

std::string TrialStore::fingerprint(const TrialKey& key) const {
  Config config = trial_config(comparison_, key);
  // What is read counts, not where it lies or what the run is called.
  config.name.clear();
  config.data.path = data_hashes_.at(config.data.path);
  if (config.train.init_from) config.train.init_from = sha256_of_file(*config.train.init_from);
  return sha256_of(resolved_json(config, catalogue_));
}

std::string TrialStore::folder(const std::string& directory, const TrialKey& key) const {
  return directory + "/trials/" + trial_name(comparison_, key);
}

std::optional<TrialResult> TrialStore::load(const std::string& directory,
                                            const TrialKey& key) const {
  const std::string at = folder(directory, key) + "/";
  if (!fs::exists(at + result_name)) return std::nullopt;
  std::string found;
  std::string version;
  std::optional<TrialResult> result;
  try {
    const Json json = Json::parse(read_file(at + result_name));
    found = json.at("fingerprint").get<std::string>();
    version = json.at("version").get<std::string>();
    result = parsed(json, Json::parse(read_file(at + timing_name)));
  } catch (const Error&) {
    return std::nullopt;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
  if (found == fingerprint(key) && version == ESPALIER_VERSION) return result;
  // Holds no score to be mixed up with others.
  if (result->failed()) return std::nullopt;
  if (found == fingerprint(key)) {
    throw UsageError(fmt::format(
        "{} was run by espalier {}, this is {}, whose numbers may differ: choose another directory "
        "with --out, or replace the comparison by --force",
        at, version, ESPALIER_VERSION));
  }
  const std::string now = resolved_json(trial_config(comparison_, key), catalogue_);
  const std::string there = config_there(at + config_name, trial_config(comparison_, key));
  throw UsageError(fmt::format(
      "{} was run with {}: give the same config to go on, choose another directory with --out, or "
      "replace the comparison by --force",
      at,
      there == now ? "other data or initial weights than now lie in " +
                         trial_config(comparison_, key).data.path
      : there.empty() ? "another config or other data"
                      : "another config (" + first_difference(there, now) + ")"));
}

void TrialStore::save(const std::string& directory, const TrialKey& key,
                      const TrialResult& result) const {
  const std::string at = folder(directory, key);
  std::error_code failure;
  fs::create_directories(at, failure);
  if (failure) throw Error(fmt::format("cannot create {}: {}", at, failure.message()));
  const Config config = trial_config(comparison_, key);
  Json json{{"format", 1},
            {"version", ESPALIER_VERSION},
            {"fingerprint", fingerprint(key)},
            {"block", comparison_.blocks[key.block].name},
            {"arm", comparison_.arms[key.arm]},
            {"trial", key.trial},
            {"seed", config.seed}};
  json.update(result_json(result));
  write_file_atomically(at + "/" + config_name, resolved_json(config, catalogue_));
  write_json(at + "/" + timing_name, timing_json(result));
  write_json(at + "/" + result_name, json);
}

}  // namespace espalier
