#include <span>

#include <nlohmann/json.hpp>

#include "apps/explain/explanation_text.h"
#include "apps/explain/layout.h"

namespace espalier {

using double_precision::ComparedDerivative;
using double_precision::ExplainedNode;
using double_precision::Explanation;

namespace {

using Json = nlohmann::ordered_json;

/// Lists in lists, as the axes of the shape say.
Json nested(std::span<const double> values, std::span<const std::int64_t> shape) {
  if (shape.empty()) return values.front();
  Json list = Json::array();
  const std::size_t inner = values.size() / static_cast<std::size_t>(shape.front());
  for (std::size_t i = 0; i < values.size(); i += inner) {
    list.push_back(nested(values.subspan(i, inner), shape.subspan(1)));
  }
  return list;
}

Json inputs_json(const ExplainedWindow& window) {
  const std::int64_t shape[]{std::ssize(window.input_times), std::ssize(window.features)};
  return {{"times", window.input_times},
          {"features", window.features},
          {"values", nested(window.inputs.own, shape)},
          {"scaled", nested(window.inputs.scaled, shape)}};
}

Json forecasts_json(const ExplainedWindow& window) {
  Json list = Json::array();
  const std::size_t targets = window.targets.size();
  for (std::size_t i = 0; i < window.truth.own.size(); ++i) {
    list.push_back({{"ds", window.forecast_times[i / targets]},
                    {"cutoff", window.input_times.back()},
                    {"step", i / targets + 1},
                    {"target", window.targets[i % targets]},
                    {"y", window.truth.own[i]},
                    {"y_hat", window.forecast.own[i]},
                    {"y_hat_float", window.float_forecast[i]},
                    {"scaled_y", window.truth.scaled[i]},
                    {"scaled_y_hat", window.forecast.scaled[i]}});
  }
  return list;
}

/// For each layer and step the values of the gates, by name.
Json recurrent_json(const ExplainedWindow& window) {
  Json layers = Json::array();
  for (const auto& steps : window.inside.recurrent_layers) {
    Json layer = Json::array();
    for (std::size_t t = 0; t < steps.size(); ++t) {
      Json step{{"row", t + 1}, {"time", window.input_times[t]}};
      for (const std::uint32_t gate : steps[t].gates) {
        const ExplainedNode& node = window.inside.nodes[gate];
        step["gates"][node.name] = node.values;
        step["nodes"][node.name] = gate;
      }
      layer.push_back(std::move(step));
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

/// For each layer [heads][queries][keys][channels].
Json attention_json(const ExplainedWindow& window) {
  Json layers = Json::array();
  for (const std::uint32_t k : window.inside.attention) {
    const ExplainedNode& node = window.inside.nodes[k];
    layers.push_back({{"node", k}, {"weights", nested(node.values, node.shape)}});
  }
  return layers;
}

Json node_json(const Explanation& inside, std::size_t k) {
  const ExplainedNode& node = inside.nodes[k];
  Json json{{"node", k},           {"op", node.op},         {"name", node.name},
            {"shape", node.shape}, {"inputs", node.inputs}, {"values", node.values}};
  if (node.gradient.empty()) return json;
  json["gradient"] = node.gradient;
  json["gradient_norm"] = node.gradient_norm();
  json["worst_error"] = node.worst_error();
  json["agrees"] = inside.agrees(node);
  for (const ComparedDerivative& derivative : node.compared) {
    json["compared"].push_back({{"element", derivative.element},
                                {"backward", derivative.backward},
                                {"difference", derivative.difference},
                                {"error", derivative.error}});
  }
  return json;
}

const char* record_name(ExplainedWindow::Record record) {
  using Record = ExplainedWindow::Record;
  return record == Record::forecast         ? "forecast"
         : record == Record::other_forecast ? "other_forecast"
                                            : "none";
}

}  // namespace

std::string explanation_json(const ExplainedWindow& window) {
  const Explanation& inside = window.inside;
  Json json{{"run", window.run},
            {"model", window.model},
            {"row", window.row},
            {"part", window.part},
            {"record", record_name(window.record)},
            {"random", window.random},
            {"samples", window.samples},
            {"inputs", inputs_json(window)},
            {"forecasts", forecasts_json(window)},
            {"loss", {{"name", window.loss}, {"value", loss_value(window)}}}};
  if (!inside.recurrent_layers.empty()) json["recurrent_layers"] = recurrent_json(window);
  if (!inside.attention.empty()) {
    for (std::size_t k = 0; k < inside.patches.size(); ++k) {
      json["tokens"].push_back(token_rows(window, k));
    }
    json["attention"] = attention_json(window);
  }
  json["nodes"] = Json::array();
  for (std::size_t k = 0; k < inside.nodes.size(); ++k) {
    json["nodes"].push_back(node_json(inside, k));
  }
  if (!window.broken_op.empty()) json["broken"] = window.broken_op;
  json["compared"] = inside.compared();
  json["derivatives"] = inside.derivatives();
  json["disagreements"] = inside.disagreements();
  json["tolerance"] = Explanation::tolerance;
  // A path or a column's name may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace espalier
