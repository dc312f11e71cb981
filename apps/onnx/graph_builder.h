#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <onnx/onnx_pb.h>

#include "core/parameters.h"

namespace espalier {

/// Builds an ONNX graph of standard operators (opset 17), node by node. Tensors are known by their
/// names; those that aren't given one are called after the operator that makes them.
class GraphBuilder {
 public:
  /// A tensor's name.
  using Value = std::string;
  using Integers = std::vector<std::int64_t>;

  struct Attribute {
    const char* name;
    std::variant<std::int64_t, double, Integers, std::vector<std::string>, const onnx::GraphProto*>
        value;
  };
  using Attributes = std::vector<Attribute>;

  /// Fills `graph`, of a model with `parameters`; both must outlive it. `prefix` goes before the
  /// names of its tensors, so that a graph inside another has its own.
  GraphBuilder(onnx::GraphProto& graph, Parameters& parameters, std::string prefix = "");

  /// A size that only a run of the graph knows, by its name, or a fixed one.
  using Dimension = std::variant<std::string, std::int64_t>;
  using Dimensions = std::vector<Dimension>;
  /// An input of the graph. `type` is one of onnx::TensorProto's.
  Value input(const std::string& name, int type, const Dimensions& dimensions);
  /// Gives `value` the name and makes it an output of the graph.
  void output(const Value& value, const std::string& name, int type, const Dimensions& dimensions);

  /// One node, of one output or of several.
  Value node(const char* op, const std::vector<Value>& inputs, const Attributes& attributes = {});
  std::vector<Value> nodes(const char* op, const std::vector<Value>& inputs, std::size_t outputs,
                           const Attributes& attributes = {});

  /// Tensors that never change: row-major floats, doubles, or indices and shapes.
  Value floats(const std::string& name, const Integers& dimensions, std::span<const real> values);
  Value doubles(const std::string& name, std::span<const double> values);
  Value integers(const Integers& values);
  /// A float without dimensions.
  Value number(double value);

  /// The model's parameter of this name, in PyTorch's layout.
  Value parameter(const std::string& name);

  /// x [*, in] → [*, out] with the parameters `weight` [out, in] and `bias` [out].
  Value linear(const Value& x, const std::string& weight, const std::string& bias);
  /// The same with the parameters `name`.weight and `name`.bias.
  Value linear(const Value& x, const std::string& name);
  Value reshape(const Value& x, const Integers& dimensions);
  Value transpose(const Value& x, const Integers& axes);
  /// What of x has these indices along `axis`.
  Value gather(const Value& x, const Integers& indices, std::int64_t axis);
  /// The mean along `axis`, which stays with size 1 if `keep`.
  Value mean(const Value& x, std::int64_t axis, bool keep);

 private:
  Value fresh(const std::string& word);

  onnx::GraphProto& graph_;
  Parameters& parameters_;
  std::string prefix_;
  std::int64_t made_ = 0;
};

}  // namespace espalier
