// ONNX exports are sound by ONNX's own checker, without a runtime.
#include "apps/onnx/onnx_model.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include "apps/run/exported_model.h"
#include "models/registry.h"

using namespace espalier;
using nlohmann::json;

namespace {

/// One for each network of make_twin_golden.py: windows of 7 rows of 3 columns, forecasts of 3 rows
/// of 2.
std::map<std::string, TrainedModel> networks() {
  std::map<std::string, TrainedModel> all;
  for (const auto& file :
       std::filesystem::directory_iterator(ESPALIER_SOURCE_DIR "/tests/golden/twin")) {
    all.emplace(file.path().stem().string(), load_exported_model(file.path().string()));
  }
  return all;
}

onnx::ModelProto parsed(const TrainedModel& trained) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(to_onnx(trained)));
  return model;
}

std::vector<std::string> dimensions(const onnx::ValueInfoProto& info) {
  std::vector<std::string> all;
  for (const auto& size : info.type().tensor_type().shape().dim()) {
    all.push_back(size.has_dim_value() ? std::to_string(size.dim_value()) : size.dim_param());
  }
  return all;
}

/// What shape inference finds for an output where the model doesn't say.
std::vector<std::string> inferred_dimensions(onnx::ModelProto model, int output) {
  model.mutable_graph()
      ->mutable_output(output)
      ->mutable_type()
      ->mutable_tensor_type()
      ->clear_shape();
  onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                     {/*check_type=*/true, /*strict_mode=*/1, /*data_prop=*/true});
  return dimensions(model.graph().output(output));
}

std::string fault(const onnx::ModelProto& model) {
  try {
    onnx::checker::check_model(model);
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

const onnx::TensorProto* initializer(const onnx::ModelProto& model, const std::string& name) {
  const auto& all = model.graph().initializer();
  const auto found = std::ranges::find_if(
      all, [&name](const onnx::TensorProto& tensor) { return tensor.name() == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("every model becomes a sound graph of standard operators") {
  std::set<std::string> types;
  for (const auto& [name, trained] : networks()) {
    INFO(name);
    types.insert(trained.type);
    const onnx::ModelProto model = parsed(trained);
    CHECK(fault(model) == "");
    REQUIRE(model.opset_import_size() == 1);
    CHECK(model.opset_import(0).domain() == "");
    CHECK(model.opset_import(0).version() <= 17);
    REQUIRE(model.graph().input_size() == 1);
    const bool quantiles = !trained.shape.quantiles.empty();
    REQUIRE(model.graph().output_size() == (quantiles ? 2 : 1));
    CHECK(dimensions(model.graph().input(0)) == std::vector<std::string>{"batch", "7", "3"});
    CHECK(dimensions(model.graph().output(0)) == std::vector<std::string>{"batch", "3", "2"});
    const std::vector<std::string> inferred = inferred_dimensions(model, 0);
    REQUIRE(inferred.size() == 3);
    CHECK(inferred[1] == "3");
    CHECK(inferred[2] == "2");
    if (!quantiles) continue;
    const std::vector<std::string> of_quantiles = inferred_dimensions(model, 1);
    REQUIRE(of_quantiles.size() == 4);
    CHECK(of_quantiles[1] == "3");
    CHECK(of_quantiles[2] == "3");
    CHECK(of_quantiles[3] == "2");
  }
  for (const ModelEntry& entry : model_registry()) {
    INFO("has no network in tests/golden/twin: ", entry.info.name);
    CHECK(types.contains(entry.info.name));
  }
}

TEST_CASE("the checks notice what is wrong with a graph") {
  const onnx::ModelProto model = parsed(networks().at("patchtst"));
  onnx::ModelProto older = model;
  older.mutable_opset_import(0)->set_version(16);
  CHECK(fault(older).find("LayerNormalization") != std::string::npos);
  onnx::ModelProto broken = model;
  broken.mutable_graph()->mutable_node(3)->set_input(0, "nowhere");
  CHECK(fault(broken).find("nowhere") != std::string::npos);
}

TEST_CASE("the file says what goes in and what comes out") {
  const auto all = networks();
  const TrainedModel& trained = all.at("gru");
  const onnx::ModelProto model = parsed(trained);
  std::map<std::string, std::string> metadata;
  for (const auto& entry : model.metadata_props()) metadata[entry.key()] = entry.value();
  CHECK(json::parse(metadata.at("features")) == json{"a", "b", "c"});
  CHECK(json::parse(metadata.at("targets")) == json{"c", "a"});
  CHECK(metadata.at("leads") == "[0,0,0]");
  CHECK(metadata.at("window") == "7");
  CHECK(metadata.at("horizon") == "3");
  CHECK(metadata.at("config") == trained.description);
  CHECK(metadata.count("quantiles") == 0);
  CHECK(model.producer_name() == "espalier");
}

TEST_CASE("a file of quantiles says which they are") {
  const auto all = networks();
  const onnx::ModelProto model = parsed(all.at("lstm_quantiles"));
  CHECK(model.graph().output(0).name() == "forecast");
  CHECK(model.graph().output(1).name() == "quantiles");
  const auto& entries = model.metadata_props();
  CHECK(std::ranges::any_of(entries, [](const auto& entry) {
    return entry.key() == "quantiles" && json::parse(entry.value()) == json{0.1, 0.5, 0.9};
  }));
}

TEST_CASE("weights keep PyTorch's names and layouts where the operator lets them") {
  const auto all = networks();
  const TrainedModel& trained = all.at("patch_transformer");
  const onnx::ModelProto model = parsed(trained);
  for (const Parameter& parameter : trained.model->parameters().all()) {
    INFO(parameter.name());
    const onnx::TensorProto* tensor = initializer(model, parameter.name());
    REQUIRE(tensor != nullptr);
    CHECK(std::ranges::equal(tensor->float_data(), parameter.value().span()));
  }
  // Of gates r, z, n the operator wants z, r, n.
  const auto recurrent = all.at("gru").model->parameters().find("gru.weight_ih_l0");
  const onnx::ModelProto gru = parsed(all.at("gru"));
  const onnx::TensorProto* gates = initializer(gru, "gru.W_l0");
  REQUIRE(gates != nullptr);
  const std::span<const real> rows = recurrent->value().span();
  CHECK(std::ranges::equal(std::span(gates->float_data().data(), 9), rows.subspan(9, 9)));
  CHECK(std::ranges::equal(std::span(gates->float_data().data() + 9, 9), rows.first(9)));
}
