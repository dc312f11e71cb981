#pragma once

#include <doctest/doctest.h>

#include "layers/layer_norm.h"
#include "layers/multihead_attention.h"
#include "layers/rev_in.h"
#include "layers/transformer_encoder_layer.h"
#include "models/registry.h"
#include "tests/support/torch_layers.h"

namespace espalier::test {

/// What make_transformer_golden.py wrote.
inline const nlohmann::json& torch_transformer() {
  static const nlohmann::json golden = read_golden("torch_transformer.json");
  return golden;
}

/// PyTorch's [batch][token][feature] as [feature, token · batch].
inline Array token_columns(const nlohmann::json& stored) {
  const auto values = golden_values(stored);
  const Shape shape = golden_shape(stored);
  Array made{Shape{shape[2], shape[1] * shape[0]}, {}};
  for (std::int64_t e = 0; e < shape[2]; ++e) {
    for (std::int64_t n = 0; n < shape[1]; ++n) {
      for (std::int64_t b = 0; b < shape[0]; ++b) {
        const std::int64_t at = (b * shape[1] + n) * shape[2] + e;
        made.elements.push_back(static_cast<real>(values.at(static_cast<std::size_t>(at))));
      }
    }
  }
  return made;
}

inline void check_layer_norm_against_torch(double tolerance) {
  for (const auto& golden : torch_transformer().at("layer_norm")) {
    Parameters parameters;
    const LayerNorm layer(parameters, "layer", golden.at("features"));
    check_against_torch(golden, parameters, "layer.", feature_major, feature_major, tolerance,
                        [&](Forward& pass, Var x) { return layer.forward(pass, x); });
  }
}

inline void check_attention_against_torch(double tolerance) {
  for (const auto& golden : torch_transformer().at("attention")) {
    CAPTURE(golden.at("heads").get<int>());
    Parameters parameters;
    const MultiheadAttention layer(parameters, "layer", golden.at("embed"), golden.at("heads"));
    check_against_torch(
        golden, parameters, "layer.", token_columns, token_columns, tolerance,
        [&](Forward& pass, Var x) { return layer.forward(pass, x, golden.at("tokens")); });
  }
}

inline void check_encoder_layer_against_torch(double tolerance) {
  for (const auto& golden : torch_transformer().at("encoder_layer")) {
    CAPTURE(golden.at("activation").get<std::string>());
    CAPTURE(golden.at("pre").get<bool>());
    Parameters parameters;
    const TransformerEncoderLayer layer(
        parameters, "layer",
        {.embed = golden.at("embed"),
         .heads = golden.at("heads"),
         .feed_forward = golden.at("feed_forward"),
         .nonlinearity =
             golden.at("activation") == "gelu" ? Nonlinearity::gelu : Nonlinearity::relu,
         .norm_order = golden.at("pre") ? NormOrder::pre : NormOrder::post});
    check_against_torch(
        golden, parameters, "layer.", token_columns, token_columns, tolerance,
        [&](Forward& pass, Var x) { return layer.forward(pass, x, golden.at("tokens")); });
  }
}

inline void check_rev_in_against_torch(double tolerance) {
  for (const auto& golden : torch_transformer().at("rev_in")) {
    CAPTURE(golden.at("affine").get<bool>());
    const auto chosen = golden.at("chosen").get<std::vector<std::int64_t>>();
    Parameters parameters;
    const RevIn layer(parameters, "layer", golden.at("channels"), golden.at("affine"));
    check_against_torch(golden, parameters, "layer.", feature_major, feature_major, tolerance,
                        [&](Forward& pass, Var x) {
                          const RevIn::Normalised normalised = layer.normalise(pass, x);
                          const std::int64_t rows = x.shape()[0];
                          const Var last = select_features(
                              slice(normalised.x, rows - golden.at("horizon").get<int>(), rows),
                              chosen);
                          return layer.denormalise(pass, normalised, mul(last, last), chosen);
                        });
  }
}

/// Both forms of the patch transformer, whole, built by the registry from settings.
inline void check_patch_transformer_against_torch(double tolerance) {
  for (const auto& golden : torch_transformer().at("forecaster")) {
    const nlohmann::json& given = golden.at("settings");
    CAPTURE(given.dump());
    const auto own_past = given.at("own_past").get<std::vector<std::int64_t>>();
    const ForecastShape shape{.window = given.at("window"),
                              .features = given.at("features"),
                              .horizon = given.at("horizon"),
                              .targets = std::ssize(own_past),
                              .own_past = own_past};
    for (const ModelEntry& entry : model_registry()) {
      if (entry.info.name != "patch_transformer") continue;
      Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
      for (const auto& [name, value] : given.items()) {
        if (!settings.values().contains(name)) continue;
        if (value.is_boolean()) settings.set(name, value.get<bool>());
        if (value.is_number_integer()) settings.set(name, value.get<std::int64_t>());
        if (value.is_string()) settings.set(name, value.get<std::string>());
      }
      const auto model = entry.make(settings, shape);
      check_against_torch(golden, model->parameters(), "", feature_major, feature_major, tolerance,
                          [&](Forward& pass, Var x) { return model->forward(pass, x); });
    }
  }
}

}  // namespace espalier::test
