#include "apps/backtest/fold_store.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/run/provenance.h"
#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* result_name = "/result.json";
constexpr const char* forecasts_name = "/forecasts.csv";
constexpr const char* checkpoint_name = "/checkpoint.safetensors";

Json result_json(const FoldResult& result) {
  Json json{{"format", 2},
            {"cutoffs", result.cutoffs},
            {"training_windows", result.training_windows},
            {"sparsity", result.sparsity},
            {"epochs", result.epochs},
            {"scored_epoch", result.scored_epoch},
            {"forecasts_sha256", sha256_of(result.forecasts)},
            {"methods", Json::array()}};
  for (const MethodScores& method : result.methods) {
    Json scores = Json::array();
    for (const Scores& at : method.by_cutoff) {
      scores.push_back({at.windows, at.mae, at.rmse, at.scaled_mae, at.scaled_mse});
    }
    json["methods"].push_back({{"name", method.name}, {"scores", scores}});
  }
  return json;
}

/// Throws json::exception or Error where something lacks.
FoldResult parsed(const Json& json, std::string forecasts) {
  if (json.at("forecasts_sha256") != sha256_of(forecasts)) throw Error("[backtest] forecasts lack");
  FoldResult result{.cutoffs = json.at("cutoffs").get<std::vector<std::string>>(),
                    .training_windows = json.at("training_windows").get<std::size_t>(),
                    .sparsity = json.at("sparsity").get<double>(),
                    .epochs = json.at("epochs").get<std::int64_t>(),
                    .scored_epoch = json.at("scored_epoch").get<std::int64_t>(),
                    .forecasts = std::move(forecasts)};
  for (const Json& of_method : json.at("methods")) {
    MethodScores method{.name = of_method.at("name").get<std::string>()};
    for (const Json& at : of_method.at("scores")) {
      method.by_cutoff.push_back({.windows = at.at(0).get<std::size_t>(),
                                  .mae = at.at(1).get<double>(),
                                  .rmse = at.at(2).get<double>(),
                                  .scaled_mae = at.at(3).get<double>(),
                                  .scaled_mse = at.at(4).get<double>()});
      if (method.by_cutoff.back().windows == 0) throw Error("[backtest] windows lack");
    }
    if (method.by_cutoff.size() != result.cutoffs.size()) throw Error("[backtest] scores lack");
    result.methods.push_back(std::move(method));
  }
  return result;
}

}  // namespace

FoldStore::FoldStore(std::string directory, std::size_t number)
    : folder_(fmt::format("{}/trainings/{}", std::move(directory), number)) {}

std::optional<FoldResult> FoldStore::load(const std::vector<std::string>& cutoffs,
                                          const std::vector<std::string>& methods) const {
  if (!fs::exists(folder_ + result_name)) return std::nullopt;
  try {
    FoldResult result =
        parsed(Json::parse(read_file(folder_ + result_name)), read_file(folder_ + forecasts_name));
    const bool same = result.cutoffs == cutoffs &&
                      std::ranges::equal(result.methods, methods, {}, &MethodScores::name);
    if (same) return result;
  } catch (const Error&) {
  } catch (const nlohmann::json::exception&) {
  }
  return std::nullopt;
}

void FoldStore::save(const FoldResult& result) const {
  const std::string at_break = checkpoint();
  write_file_atomically(folder_ + forecasts_name, result.forecasts);
  write_file_atomically(
      folder_ + result_name,
      result_json(result).dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  std::error_code ignored;
  fs::remove(at_break, ignored);
}

std::string FoldStore::checkpoint() const {
  std::error_code failure;
  fs::create_directories(folder_, failure);
  if (failure) throw Error(fmt::format("cannot create {}: {}", folder_, failure.message()));
  return folder_ + checkpoint_name;
}

}  // namespace espalier
