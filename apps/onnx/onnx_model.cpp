#include "apps/onnx/onnx_model.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/onnx/families.h"
#include "core/error.h"

namespace espalier {

namespace {

using Value = GraphBuilder::Value;
using Json = nlohmann::ordered_json;

constexpr std::int64_t opset = 17;
/// Of the file format, that which came with the opset.
constexpr std::int64_t ir_version = 8;
/// Most that protobuf can write.
constexpr std::size_t largest_file = 0x7fffffff;

struct Family {
  std::string_view model;
  Value (*add)(GraphBuilder&, const TrainedModel&, const Value& x);
};

constexpr std::array families{Family{"rnn", add_recurrent},
                              Family{"gru", add_recurrent},
                              Family{"lstm", add_recurrent},
                              Family{"patch_transformer", add_patch_transformer},
                              Family{"patchtst", add_patch_transformer},
                              Family{"linear", add_linear},
                              Family{"nlinear", add_nlinear},
                              Family{"dlinear", add_dlinear},
                              Family{"persistence", add_persistence},
                              Family{"seasonal_naive", add_seasonal_naive}};

Value add_network(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  for (const Family& family : families) {
    if (family.model == trained.type) return family.add(graph, trained, x);
  }
  throw Error(fmt::format("{} models have no ONNX form yet: export to safetensors", trained.type));
}

/// The scales of columns as two constants of the graph.
std::pair<Value, Value> add_scales(GraphBuilder& graph, const std::string& name,
                                   const std::vector<DescribedColumn>& columns) {
  std::vector<double> means, deviations;
  for (const DescribedColumn& column : columns) {
    means.push_back(column.scale.mean);
    deviations.push_back(column.scale.deviation);
  }
  return {graph.doubles(name + ".mean", means), graph.doubles(name + ".deviation", deviations)};
}

Value cast(GraphBuilder& graph, const Value& x, std::int64_t type) {
  return graph.node("Cast", {x}, {{"to", type}});
}

/// Of quantiles y [batch, levels · horizon, targets], unsorted, to [batch, levels, horizon,
/// targets] in ascending order.
Value uncrossed(GraphBuilder& graph, const ForecastShape& shape, const Value& y) {
  const std::int64_t levels = std::ssize(shape.quantiles);
  const Value apart = graph.reshape(y, {-1, levels, shape.horizon, shape.targets});
  constexpr std::int64_t level_axis = 1;
  return graph
      .nodes("TopK", {apart, graph.integers({levels})}, 2,
             {{"axis", level_axis}, {"largest", std::int64_t{0}}, {"sorted", std::int64_t{1}}})
      .front();
}

/// The median of what `uncrossed` makes: [batch, horizon, targets].
Value median(GraphBuilder& graph, const ForecastShape& shape, const Value& quantiles) {
  const auto level = std::ranges::find(shape.quantiles, 0.5) - shape.quantiles.begin();
  return graph.reshape(graph.gather(quantiles, {level}, 1), {-1, shape.horizon, shape.targets});
}

/// Scales in double as espalier does: in float, values far from 0 would lose digits.
void add_graph(const TrainedModel& trained, onnx::GraphProto& proto) {
  constexpr auto type = onnx::TensorProto::DOUBLE;
  const ForecastShape& shape = trained.shape;
  GraphBuilder graph(proto, trained.model->parameters());
  const Value window = graph.input("window", type, {"batch", shape.window, shape.features});
  const auto [mean, deviation] = add_scales(graph, "features", trained.features);
  const Value scaled = graph.node("Div", {graph.node("Sub", {window, mean}), deviation});
  Value y = add_network(graph, trained, cast(graph, scaled, onnx::TensorProto::FLOAT));
  if (!shape.quantiles.empty()) y = uncrossed(graph, shape, y);
  const auto [target_mean, target_deviation] = add_scales(graph, "targets", trained.targets);
  const Value restored =
      graph.node("Add", {graph.node("Mul", {cast(graph, y, type), target_deviation}), target_mean});
  if (shape.quantiles.empty()) {
    graph.output(restored, "forecast", type, {"batch", shape.horizon, shape.targets});
    return;
  }
  graph.output(median(graph, shape, restored), "forecast", type,
               {"batch", shape.horizon, shape.targets});
  graph.output(restored, "quantiles", type,
               {"batch", std::ssize(shape.quantiles), shape.horizon, shape.targets});
}

std::string names_json(const std::vector<DescribedColumn>& columns) {
  Json names = Json::array();
  for (const DescribedColumn& column : columns) names.push_back(column.name);
  return names.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string leads_json(const std::vector<DescribedColumn>& features) {
  Json leads = Json::array();
  for (const DescribedColumn& feature : features) leads.push_back(feature.lead);
  return leads.dump();
}

}  // namespace

std::string to_onnx(const TrainedModel& trained) {
  if (trained.model->parameters().count() > largest_file / sizeof(float)) {
    throw Error("an ONNX file holds 2 GB at most, and the model has more: export to safetensors");
  }
  onnx::ModelProto model;
  model.set_ir_version(ir_version);
  model.set_producer_name("espalier");
  model.set_producer_version(ESPALIER_VERSION);
  model.add_opset_import()->set_version(opset);
  const auto tell = [&model](const char* key, const std::string& value) {
    onnx::StringStringEntryProto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  };
  tell("features", names_json(trained.features));
  tell("targets", names_json(trained.targets));
  tell("leads", leads_json(trained.features));
  tell("window", std::to_string(trained.shape.window));
  tell("horizon", std::to_string(trained.shape.horizon));
  if (!trained.shape.quantiles.empty()) tell("quantiles", Json(trained.shape.quantiles).dump());
  tell("config", trained.description);
  model.mutable_graph()->set_name(trained.type);
  add_graph(trained, *model.mutable_graph());
  std::string bytes;
  if (!model.SerializeToString(&bytes)) {
    throw Error("the model can't be written as ONNX: it is too large for the format");
  }
  return bytes;
}

}  // namespace espalier
