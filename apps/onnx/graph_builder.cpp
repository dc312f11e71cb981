#include "apps/onnx/graph_builder.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace espalier {

namespace {

using Value = GraphBuilder::Value;

onnx::TensorProto& add_initializer(onnx::GraphProto& graph, const std::string& name, int type,
                                   const GraphBuilder::Integers& dimensions) {
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const std::int64_t size : dimensions) tensor.add_dims(size);
  return tensor;
}

bool has_initializer(const onnx::GraphProto& graph, const std::string& name) {
  return std::ranges::any_of(
      graph.initializer(), [&](const onnx::TensorProto& tensor) { return tensor.name() == name; });
}

void describe(onnx::ValueInfoProto& info, const std::string& name, int type,
              const GraphBuilder::Dimensions& dimensions) {
  info.set_name(name);
  onnx::TypeProto::Tensor& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  for (const GraphBuilder::Dimension& dimension : dimensions) {
    onnx::TensorShapeProto::Dimension& size = *tensor.mutable_shape()->add_dim();
    if (const auto* word = std::get_if<std::string>(&dimension)) {
      size.set_dim_param(*word);
    } else {
      size.set_dim_value(std::get<std::int64_t>(dimension));
    }
  }
}

/// Stores an attribute's value under its type.
struct SetAttribute {
  onnx::AttributeProto& proto;

  void operator()(std::int64_t value) const {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(double value) const {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(static_cast<float>(value));
  }
  void operator()(const std::vector<std::string>& values) const {
    proto.set_type(onnx::AttributeProto::STRINGS);
    for (const std::string& value : values) proto.add_strings(value);
  }
  void operator()(const GraphBuilder::Integers& values) const {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) proto.add_ints(value);
  }
  void operator()(const onnx::GraphProto* graph) const {
    proto.set_type(onnx::AttributeProto::GRAPH);
    *proto.mutable_g() = *graph;
  }
};

}  // namespace

GraphBuilder::GraphBuilder(onnx::GraphProto& graph, Parameters& parameters, std::string prefix)
    : graph_(graph), parameters_(parameters), prefix_(std::move(prefix)) {}

Value GraphBuilder::fresh(const std::string& word) {
  return prefix_ + word + "_" + std::to_string(made_++);
}

Value GraphBuilder::input(const std::string& name, int type, const Dimensions& dimensions) {
  describe(*graph_.add_input(), prefix_ + name, type, dimensions);
  return prefix_ + name;
}

void GraphBuilder::output(const Value& value, const std::string& name, int type,
                          const Dimensions& dimensions) {
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type("Identity");
  node.set_name(fresh("Identity"));
  node.add_input(value);
  node.add_output(prefix_ + name);
  describe(*graph_.add_output(), prefix_ + name, type, dimensions);
}

std::vector<Value> GraphBuilder::nodes(const char* op, const std::vector<Value>& inputs,
                                       std::size_t outputs, const Attributes& attributes) {
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type(op);
  node.set_name(fresh(op));
  for (const Value& value : inputs) node.add_input(value);
  std::vector<Value> made;
  for (std::size_t i = 0; i < outputs; ++i) {
    made.push_back(outputs == 1 ? node.name() : node.name() + "_" + std::to_string(i));
    node.add_output(made.back());
  }
  for (const Attribute& attribute : attributes) {
    onnx::AttributeProto& proto = *node.add_attribute();
    proto.set_name(attribute.name);
    std::visit(SetAttribute{proto}, attribute.value);
  }
  return made;
}

Value GraphBuilder::node(const char* op, const std::vector<Value>& inputs,
                         const Attributes& attributes) {
  return nodes(op, inputs, 1, attributes).front();
}

Value GraphBuilder::floats(const std::string& name, const Integers& dimensions,
                           std::span<const real> values) {
  onnx::TensorProto& tensor = add_initializer(graph_, name, onnx::TensorProto::FLOAT, dimensions);
  for (const real value : values) tensor.add_float_data(static_cast<float>(value));
  return name;
}

Value GraphBuilder::doubles(const std::string& name, std::span<const double> values) {
  onnx::TensorProto& tensor =
      add_initializer(graph_, name, onnx::TensorProto::DOUBLE, {std::ssize(values)});
  for (const double value : values) tensor.add_double_data(value);
  return name;
}

Value GraphBuilder::integers(const Integers& values) {
  const Value name = fresh("integers");
  onnx::TensorProto& tensor =
      add_initializer(graph_, name, onnx::TensorProto::INT64, {std::ssize(values)});
  for (const std::int64_t value : values) tensor.add_int64_data(value);
  return name;
}

Value GraphBuilder::number(double value) {
  const auto rounded = static_cast<real>(value);
  return floats(fresh("number"), {}, std::span(&rounded, 1));
}

Value GraphBuilder::parameter(const std::string& name) {
  if (has_initializer(graph_, name)) return name;
  const Parameter* parameter = parameters_.find(name);
  if (parameter == nullptr) throw Error("the model has no parameter " + name);
  Integers dimensions;
  for (int axis = 0; axis < parameter->shape().rank(); ++axis) {
    dimensions.push_back(parameter->shape()[axis]);
  }
  return floats(name, dimensions, parameter->value().span());
}

Value GraphBuilder::linear(const Value& x, const std::string& weight, const std::string& bias) {
  const Value product = node("MatMul", {x, transpose(parameter(weight), {1, 0})});
  return node("Add", {product, parameter(bias)});
}

Value GraphBuilder::linear(const Value& x, const std::string& name) {
  return linear(x, name + ".weight", name + ".bias");
}

Value GraphBuilder::reshape(const Value& x, const Integers& dimensions) {
  return node("Reshape", {x, integers(dimensions)});
}

Value GraphBuilder::transpose(const Value& x, const Integers& axes) {
  return node("Transpose", {x}, {{"perm", axes}});
}

Value GraphBuilder::gather(const Value& x, const Integers& indices, std::int64_t axis) {
  return node("Gather", {x, integers(indices)}, {{"axis", axis}});
}

Value GraphBuilder::mean(const Value& x, std::int64_t axis, bool keep) {
  return node("ReduceMean", {x},
              {{"axes", Integers{axis}}, {"keepdims", static_cast<std::int64_t>(keep)}});
}

}  // namespace espalier
