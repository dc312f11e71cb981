#include "apps/run/exported_model.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

using nlohmann::json;

constexpr const char* config_key = "config";
constexpr const char* sizes_key = "sizes";

}  // namespace

void write_exported_model(const std::string& path, const TrainedModel& trained,
                          const LayerSizes& sizes) {
  save_parameters(path, trained.model->parameters(),
                  {{config_key, trained.description}, {sizes_key, json(sizes).dump()}});
}

TrainedModel load_exported_model(const std::string& path) {
  const Safetensors file = Safetensors::read(path);
  if (!file.metadata.contains(config_key) || !file.metadata.contains(sizes_key)) {
    throw Error(fmt::format(
        "{} doesn't say which model it holds: expected a file that espalier export wrote", path));
  }
  const json sizes = json::parse(file.metadata.at(sizes_key), nullptr, false);
  LayerSizes layer_sizes;
  try {
    layer_sizes = sizes.get<LayerSizes>();
  } catch (const json::exception&) {
    throw Error(fmt::format("{} is damaged: its layer sizes are no lists of numbers", path));
  }
  TrainedModel trained = make_described_model(file.metadata.at(config_key), layer_sizes, path);
  load_parameters(path, trained.model->parameters());
  return trained;
}

}  // namespace espalier
