#include "models/patch_transformer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

#include "apps/onnx/families.h"

namespace espalier {

namespace {

using Value = GraphBuilder::Value;
using Integers = GraphBuilder::Integers;

/// The layers' own: of normalisations over features and over a window.
constexpr double epsilon = 1e-5;

/// A window in the network's terms, with what it takes to come back, as RevIn has it.
struct Normalised {
  Value x;
  /// [batch, 1, channels].
  Value mean, deviation;
};

Normalised normalise(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  const Value mean = graph.mean(x, 1, /*keep=*/true);
  const Value centred = graph.node("Sub", {x, mean});
  const Value variance = graph.mean(graph.node("Mul", {centred, centred}), 1, /*keep=*/true);
  const Value deviation =
      graph.node("Sqrt", {graph.node("Add", {variance, graph.number(epsilon)})});
  Value scaled = graph.node("Div", {centred, deviation});
  if (trained.settings.boolean("revin_affine")) {
    scaled = graph.node("Mul", {scaled, graph.parameter("revin.affine_weight")});
    scaled = graph.node("Add", {scaled, graph.parameter("revin.affine_bias")});
  }
  return {scaled, mean, deviation};
}

/// Forecasts y [batch, rows, k] of `channels`, k of them, back in the units of the windows.
Value denormalise(GraphBuilder& graph, const TrainedModel& trained, const Normalised& normalised,
                  Value y, const Integers& channels) {
  if (trained.settings.boolean("revin_affine")) {
    const auto chosen = [&](const char* parameter) {
      return graph.gather(graph.parameter(parameter), channels, 0);
    };
    y = graph.node("Sub", {y, chosen("revin.affine_bias")});
    y = graph.node("Div", {y, chosen("revin.affine_weight")});
  }
  y = graph.node("Mul", {y, graph.gather(normalised.deviation, channels, 2)});
  return graph.node("Add", {y, graph.gather(normalised.mean, channels, 2)});
}

/// [samples, window, channels] → tokens [samples, count, embed].
Value embed_patches(GraphBuilder& graph, const PatchGrid& grid, std::int64_t window,
                    std::int64_t channels, const Value& x) {
  Integers rows;
  for (std::int64_t patch = 0; patch < grid.count; ++patch) {
    for (std::int64_t row = 0; row < grid.length; ++row) {
      rows.push_back(std::min(patch * grid.stride + row, window - 1));
    }
  }
  const Value patches =
      graph.reshape(graph.gather(x, rows, 1), {-1, grid.count, grid.length * channels});
  return graph.node("Add",
                    {graph.linear(patches, "patch_embedding"), graph.parameter("positions")});
}

Value layer_norm(GraphBuilder& graph, const Value& x, const std::string& name) {
  return graph.node("LayerNormalization",
                    {x, graph.parameter(name + ".weight"), graph.parameter(name + ".bias")},
                    {{"axis", -1}, {"epsilon", epsilon}});
}

/// x [samples, tokens, embed] → the same shape.
Value attend(GraphBuilder& graph, const TrainedModel& trained, const std::string& name,
             std::int64_t heads, const Value& x) {
  const Shape in_proj = trained.model->parameters().find(name + ".in_proj_weight")->shape();
  const std::int64_t head_size = in_proj[0] / 3 / heads;
  const Value projected = graph.linear(x, name + ".in_proj_weight", name + ".in_proj_bias");
  const std::vector<Value> qkv = graph.nodes("Split", {projected}, 3, {{"axis", 2}});
  const auto by_heads = [&](const Value& all, const Integers& axes) {
    return graph.transpose(graph.reshape(all, {0, 0, heads, head_size}), axes);
  };
  const Value scores =
      graph.node("MatMul", {by_heads(qkv[0], {0, 2, 1, 3}), by_heads(qkv[1], {0, 2, 3, 1})});
  const double root = std::sqrt(static_cast<double>(head_size));
  const Value weights =
      graph.node("Softmax", {graph.node("Div", {scores, graph.number(root)})}, {{"axis", -1}});
  const Value sums = graph.node("MatMul", {weights, by_heads(qkv[2], {0, 2, 1, 3})});
  const Value joined =
      graph.reshape(graph.transpose(sums, {0, 2, 1, 3}), {0, 0, heads * head_size});
  return graph.linear(joined, name + ".out_proj");
}

/// x·Φ(x).
Value gelu(GraphBuilder& graph, const Value& x) {
  const Value erf = graph.node("Erf", {graph.node("Div", {x, graph.number(std::numbers::sqrt2)})});
  const Value twice = graph.node("Mul", {x, graph.node("Add", {erf, graph.number(1)})});
  return graph.node("Mul", {twice, graph.number(0.5)});
}

Value feed(GraphBuilder& graph, const TrainedModel& trained, const std::string& name,
           const Value& x) {
  const Value inner = graph.linear(x, name + ".linear1");
  const bool is_gelu = trained.settings.text("activation") == "gelu";
  const Value active = is_gelu ? gelu(graph, inner) : graph.node("Relu", {inner});
  return graph.linear(active, name + ".linear2");
}

Value encoder_layer(GraphBuilder& graph, const TrainedModel& trained, std::size_t k, Value x) {
  const std::string name = "encoder.layers." + std::to_string(k);
  const std::int64_t heads = trained.model->layer_sizes().at("heads")[k];
  const auto attention = [&](const Value& input) {
    return attend(graph, trained, name + ".self_attn", heads, input);
  };
  if (trained.settings.text("norm") == "pre") {
    x = graph.node("Add", {x, attention(layer_norm(graph, x, name + ".norm1"))});
    return graph.node("Add",
                      {x, feed(graph, trained, name, layer_norm(graph, x, name + ".norm2"))});
  }
  x = layer_norm(graph, graph.node("Add", {x, attention(x)}), name + ".norm1");
  return layer_norm(graph, graph.node("Add", {x, feed(graph, trained, name, x)}), name + ".norm2");
}

/// tokens [samples, count, embed] → what the head reads, [samples, *].
Value pool(GraphBuilder& graph, const TrainedModel& trained, std::int64_t count,
           const Value& tokens) {
  if (trained.settings.text("pooling") == "mean") return graph.mean(tokens, 1, /*keep=*/false);
  return graph.reshape(graph.transpose(tokens, {0, 2, 1}),
                       {-1, trained.settings.integer("embed") * count});
}

/// x [samples, window, channels] → [samples, outputs of the head].
Value encode(GraphBuilder& graph, const TrainedModel& trained, std::int64_t channels,
             const Value& x) {
  const PatchGrid& grid = dynamic_cast<const PatchTransformer&>(*trained.model).patch_grid();
  Value tokens = embed_patches(graph, grid, trained.shape.window, channels, x);
  const std::size_t layers = trained.model->layer_sizes().at("heads").size();
  for (std::size_t k = 0; k < layers; ++k) tokens = encoder_layer(graph, trained, k, tokens);
  if (trained.settings.boolean("final_norm")) tokens = layer_norm(graph, tokens, "norm");
  return graph.linear(pool(graph, trained, grid.count, tokens), "head");
}

}  // namespace

Value add_patch_transformer(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  const ForecastShape& shape = trained.shape;
  const bool independent = trained.settings.boolean("channel_independent");
  const bool revin = trained.settings.boolean("revin");
  Normalised normalised{
      .x = independent ? graph.gather(x, shape.own_past, 2) : x, .mean = "", .deviation = ""};
  if (revin) normalised = normalise(graph, trained, normalised.x);
  Value y;
  if (independent) {
    // Every channel of every window is a sample of its own.
    const Value samples =
        graph.reshape(graph.transpose(normalised.x, {0, 2, 1}), {-1, shape.window, 1});
    const Value forecasts = encode(graph, trained, 1, samples);
    y = graph.transpose(graph.reshape(forecasts, {-1, shape.targets, shape.rows_per_target()}),
                        {0, 2, 1});
  } else {
    y = graph.reshape(encode(graph, trained, shape.features, normalised.x),
                      {-1, shape.rows_per_target(), shape.targets});
  }
  if (!revin) return y;
  Integers channels = shape.own_past;
  if (independent) std::iota(channels.begin(), channels.end(), std::int64_t{0});
  return denormalise(graph, trained, normalised, y, channels);
}

}  // namespace espalier
