#include <optional>
#include <string>
#include <vector>

#include "apps/onnx/families.h"

namespace espalier {

namespace {

using Value = GraphBuilder::Value;
using Integers = GraphBuilder::Integers;

constexpr auto float_type = onnx::TensorProto::FLOAT;

/// What a layer hands on.
struct LayerStates {
  /// h of every step, [window, batch, hidden].
  Value sequence;
  /// h of the last, [batch, hidden].
  Value last;
};

/// One layer of a model, by PyTorch's names.
struct RecurrentLayer {
  RecurrentLayer(const TrainedModel& of, std::size_t k)
      : trained(of),
        suffix("_l" + std::to_string(k)),
        sizes(of.model->layer_sizes()),
        hidden(sizes.at("hidden")[k]),
        has_step_biases(sizes.at("input_bias_steps")[k] > 1 ||
                        sizes.at("recurrent_bias_steps")[k] > 1) {}

  std::string name(const char* kind) const { return trained.type + "." + kind + suffix; }
  const Parameter& parameter(const char* kind) const {
    return *trained.model->parameters().find(name(kind));
  }

  const TrainedModel& trained;
  std::string suffix;
  LayerSizes sizes;
  std::int64_t hidden;
  /// Left by compaction: see RecurrentLayerSize.
  bool has_step_biases;
};

/// For each of the operator's gates its place among PyTorch's: z, r, h of r, z, n; i, o, f, c of
/// i, f, g, o.
std::vector<std::int64_t> gate_order(const std::string& type) {
  if (type == "gru") return {1, 0, 2};
  if (type == "lstm") return {0, 3, 1, 2};
  return {0};
}

/// Adds the rows of `from`, `hidden` for each gate, in the operator's order.
void append_gates(const RecurrentLayer& layer, const Parameter& from, std::vector<real>& to) {
  const std::span<const real> values = from.value().span();
  const std::vector<std::int64_t> order = gate_order(layer.trained.type);
  const std::size_t gate = values.size() / order.size();
  for (const std::int64_t place : order) {
    const auto rows = values.subspan(static_cast<std::size_t>(place) * gate, gate);
    to.insert(to.end(), rows.begin(), rows.end());
  }
}

/// One of the operator's weights: of one direction, the parameters one behind the other.
Value gates(GraphBuilder& graph, const RecurrentLayer& layer, const char* name,
            const std::vector<const char*>& parameters) {
  std::vector<real> values;
  for (const char* kind : parameters) append_gates(layer, layer.parameter(kind), values);
  Integers dimensions{1, std::ssize(values)};
  const Shape shape = layer.parameter(parameters.front()).shape();
  if (shape.rank() == 2) dimensions = {1, shape[0], shape[1]};
  return graph.floats(layer.trained.type + "." + name + layer.suffix, dimensions, values);
}

bool has_relu(const TrainedModel& trained) {
  return trained.type == "rnn" && trained.settings.text("nonlinearity") == "relu";
}

/// As one RNN, GRU or LSTM operator.
LayerStates add_operator(GraphBuilder& graph, const RecurrentLayer& layer, const Value& x) {
  const std::string& type = layer.trained.type;
  const char* op = type == "lstm" ? "LSTM" : type == "gru" ? "GRU" : "RNN";
  GraphBuilder::Attributes attributes{{"hidden_size", layer.hidden}};
  // PyTorch's reset gate acts behind the matrix product.
  if (type == "gru") attributes.push_back({"linear_before_reset", 1});
  if (has_relu(layer.trained)) {
    attributes.push_back({"activations", std::vector<std::string>{"Relu"}});
  }
  const std::vector<Value> states = graph.nodes(
      op,
      {x, gates(graph, layer, "W", {"weight_ih"}), gates(graph, layer, "R", {"weight_hh"}),
       gates(graph, layer, "B", {"bias_ih", "bias_hh"})},
      2, attributes);
  return {.sequence = graph.node("Squeeze", {states[0], graph.integers({1})}),
          .last = graph.node("Squeeze", {states[1], graph.integers({0})})};
}

/// One step: from the projections of input and state and the previous states to the new ones, h
/// and, of an LSTM, c.
std::vector<Value> add_step(GraphBuilder& body, const TrainedModel& trained, const Value& from_x,
                            const Value& from_h, const std::vector<Value>& previous) {
  const auto sum = [&body](const Value& a, const Value& b) { return body.node("Add", {a, b}); };
  const auto product = [&body](const Value& a, const Value& b) { return body.node("Mul", {a, b}); };
  const auto split = [&body](const Value& gates, std::size_t count) {
    return body.nodes("Split", {gates}, count, {{"axis", 1}});
  };
  if (trained.type == "gru") {
    const std::vector<Value> x = split(from_x, 3);
    const std::vector<Value> h = split(from_h, 3);
    const Value r = body.node("Sigmoid", {sum(x[0], h[0])});
    const Value z = body.node("Sigmoid", {sum(x[1], h[1])});
    const Value n = body.node("Tanh", {sum(x[2], product(r, h[2]))});
    return {sum(n, product(z, body.node("Sub", {previous[0], n})))};
  }
  if (trained.type == "lstm") {
    const std::vector<Value> of = split(sum(from_x, from_h), 4);
    const Value i = body.node("Sigmoid", {of[0]});
    const Value f = body.node("Sigmoid", {of[1]});
    const Value g = body.node("Tanh", {of[2]});
    const Value o = body.node("Sigmoid", {of[3]});
    const Value c = sum(product(f, previous[1]), product(i, g));
    return {product(o, body.node("Tanh", {c})), c};
  }
  return {body.node(has_relu(trained) ? "Relu" : "Tanh", {sum(from_x, from_h)})};
}

/// What the steps of a Scan do. Its inputs: the states, then at each step the input's projection
/// and the recurrent bias. Its outputs: the states, then h once more.
onnx::GraphProto step_graph(const RecurrentLayer& layer, const Value& recurrent_weight,
                            std::size_t states) {
  onnx::GraphProto graph;
  graph.set_name(layer.trained.type + layer.suffix);
  GraphBuilder body(graph, layer.trained.model->parameters(), graph.name() + ".");
  const GraphBuilder::Dimensions state{"batch", layer.hidden};
  const std::int64_t rows = layer.parameter("weight_hh").shape()[0];
  std::vector<Value> previous;
  for (std::size_t i = 0; i < states; ++i) {
    previous.push_back(body.input(i == 0 ? "h" : "c", float_type, state));
  }
  const Value from_x = body.input("from_x", float_type, {"batch", rows});
  const Value bias = body.input("bias_hh", float_type, {rows});
  const Value product = body.node("MatMul", {previous[0], recurrent_weight});
  const std::vector<Value> next =
      add_step(body, layer.trained, from_x, body.node("Add", {product, bias}), previous);
  for (std::size_t i = 0; i < states; ++i) {
    body.output(next[i], i == 0 ? "next_h" : "next_c", float_type, state);
  }
  body.output(next[0], "h_of_step", float_type, state);
  return graph;
}

/// A bias as one row for each step, [window, gate rows].
Value bias_of_steps(GraphBuilder& graph, const RecurrentLayer& layer, const char* kind) {
  const Value bias = graph.parameter(layer.name(kind));
  if (layer.parameter(kind).shape().rank() == 2) return bias;
  return graph.node("Expand", {bias, graph.integers({layer.trained.shape.window, 1})});
}

/// Step by step, as the operators have one bias for all steps.
LayerStates add_scan(GraphBuilder& graph, const RecurrentLayer& layer, const Value& x) {
  const Value input_bias = bias_of_steps(graph, layer, "bias_ih");
  const Value product =
      graph.node("MatMul", {x, graph.transpose(graph.parameter(layer.name("weight_ih")), {1, 0})});
  const Value from_x =
      graph.node("Add", {product, graph.node("Unsqueeze", {input_bias, graph.integers({1})})});
  const Value recurrent_weight = graph.transpose(graph.parameter(layer.name("weight_hh")), {1, 0});

  const Value batch = graph.node("Shape", {x}, {{"start", 1}, {"end", 2}});
  const Value state_size =
      graph.node("Concat", {batch, graph.integers({layer.hidden})}, {{"axis", 0}});
  const Value zeros = graph.node("ConstantOfShape", {state_size});
  std::vector<Value> inputs(layer.trained.type == "lstm" ? 2 : 1, zeros);
  const std::size_t states = inputs.size();
  inputs.push_back(from_x);
  inputs.push_back(bias_of_steps(graph, layer, "bias_hh"));
  const onnx::GraphProto body = step_graph(layer, recurrent_weight, states);
  const std::vector<Value> outputs =
      graph.nodes("Scan", inputs, states + 1, {{"body", &body}, {"num_scan_inputs", 2}});
  return {.sequence = outputs.back(), .last = outputs.front()};
}

}  // namespace

Value add_recurrent(GraphBuilder& graph, const TrainedModel& trained, const Value& x) {
  LayerStates states{.sequence = graph.transpose(x, {1, 0, 2}), .last = ""};
  const std::size_t layers = trained.model->layer_sizes().at("hidden").size();
  for (std::size_t k = 0; k < layers; ++k) {
    const RecurrentLayer layer(trained, k);
    states = layer.has_step_biases ? add_scan(graph, layer, states.sequence)
                                   : add_operator(graph, layer, states.sequence);
  }
  return graph.reshape(graph.linear(states.last, "fc"),
                       {-1, trained.shape.rows_per_target(), trained.shape.targets});
}

}  // namespace espalier
