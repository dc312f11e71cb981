#pragma once

#include <string>

#include <doctest/doctest.h>

#include "core/forward.h"
#include "core/ops.h"
#include "layers/gru.h"
#include "layers/linear.h"
#include "layers/lstm.h"
#include "layers/rnn.h"
#include "tests/support/golden.h"

namespace espalier::test {

/// One of the layouts that golden.h turns PyTorch's arrays into.
using Layout = Array (*)(const nlohmann::json&);

/// Checks values and gradients (of x and every parameter) of `apply` (pass, x) → y against a golden
/// case whose arrays are in the layouts `in` and `out`. `parameters` are named as there, after
/// `prefix`.
template <typename Apply>
void check_against_torch(const nlohmann::json& golden, Parameters& parameters,
                         const std::string& prefix, Layout in, Layout out, double tolerance,
                         Apply&& apply) {
  set_parameters(parameters, golden.at("parameters"), prefix);
  Array x = in(golden.at("x"));
  Array upstream = out(golden.at("upstream"));
  const Regularizers none;
  Tape tape;
  Forward pass(tape, none, Forward::Purpose::training, 0);
  const Var input = tape.variable(x.tensor());
  const Var y = apply(pass, input);
  REQUIRE(y.shape() == upstream.shape);
  CHECK(difference(y.value().span(), out(golden.at("y")).elements, tolerance) == "");

  parameters.zero_grad();
  tape.backward(sum(mul(y, tape.constant(upstream.tensor()))));
  CHECK(difference(input.grad().span(), in(golden.at("x_grad")).elements, tolerance) == "");
  for (const auto& [name, gradient] : golden.at("parameter_grads").items()) {
    CAPTURE(name);
    const auto found = parameters.find(prefix + name)->grad().span();
    CHECK(difference(found, golden_values(gradient), tolerance) == "");
  }
}

/// The same for a layer whose parameters' names start with "layer.", on feature-major sequences.
template <typename Layer>
void check_layer_against_torch(const nlohmann::json& golden, Parameters& parameters,
                               const Layer& layer, double tolerance) {
  check_against_torch(golden, parameters, "layer.", feature_major, feature_major, tolerance,
                      [&](Forward& pass, Var x) { return layer.forward(pass, x); });
}

inline void check_linear_against_torch(double tolerance) {
  for (const auto& golden : torch_golden().at("linear")) {
    CAPTURE(golden.at("in").get<int>());
    Parameters parameters;
    const Linear layer(parameters, "layer", golden.at("in"), golden.at("out"));
    check_layer_against_torch(golden, parameters, layer, tolerance);
  }
}

/// `make` builds the layer "layer" from Parameters and a case; `kind` is its entry in torch.json.
template <typename Make>
void check_recurrent_against_torch(const char* kind, Make&& make, double tolerance) {
  for (const auto& golden : torch_golden().at(kind)) {
    CAPTURE(kind);
    CAPTURE(golden.at("time").get<int>());
    CAPTURE(golden.at("layers").get<int>());
    Parameters parameters;
    const auto layer = make(parameters, golden);
    check_layer_against_torch(golden, parameters, layer, tolerance);
  }
}

inline void check_recurrent_layers_against_torch(double tolerance) {
  using Json = nlohmann::json;
  const auto lstm = [](Parameters& parameters, const Json& golden) {
    return Lstm(parameters, "layer", golden.at("in"), golden.at("hidden"), golden.at("layers"));
  };
  const auto gru = [](Parameters& parameters, const Json& golden) {
    return Gru(parameters, "layer", golden.at("in"), golden.at("hidden"), golden.at("layers"));
  };
  const auto rnn = [](Parameters& parameters, const Json& golden) {
    const bool relu = golden.at("nonlinearity") == "relu";
    return Rnn(parameters, "layer", golden.at("in"), golden.at("hidden"), golden.at("layers"),
               relu ? RnnNonlinearity::relu : RnnNonlinearity::tanh);
  };
  check_recurrent_against_torch("lstm", lstm, tolerance);
  check_recurrent_against_torch("gru", gru, tolerance);
  check_recurrent_against_torch("rnn", rnn, tolerance);
}

/// `loss` is an op of prediction and target → [1].
template <typename Loss>
void check_loss_against_torch(const nlohmann::json& golden, Loss&& loss, double tolerance) {
  Array prediction = golden_array(golden.at("prediction"));
  Array target = golden_array(golden.at("target"));
  Tape tape;
  const Var p = tape.variable(prediction.tensor());
  const Var t = tape.variable(target.tensor());
  const Var found = loss(p, t);
  tape.backward(found);
  const std::vector<double> expected{golden.at("loss").get<double>()};
  CHECK(difference(found.value().span(), expected, tolerance) == "");
  CHECK(difference(p.grad().span(), golden_values(golden.at("prediction_grad")), tolerance) == "");
  CHECK(difference(t.grad().span(), golden_values(golden.at("target_grad")), tolerance) == "");
}

inline void check_loss_against_torch(const char* name, Var (*loss)(Var, Var), double tolerance) {
  CAPTURE(name);
  check_loss_against_torch(torch_golden().at(name), loss, tolerance);
}

inline void check_pinball_loss_against_torch(double tolerance) {
  for (const nlohmann::json& golden : torch_golden().at("pinball_loss")) {
    const auto levels = golden.at("levels").get<std::vector<double>>();
    CAPTURE(levels.size());
    check_loss_against_torch(
        golden, [&levels](Var p, Var t) { return pinball_loss(p, t, levels); }, tolerance);
  }
}

/// Equal values among them: gradients tell whether they keep their order.
inline void check_sort_rows_against_torch(double tolerance) {
  for (const nlohmann::json& golden : torch_golden().at("sort")) {
    Array x = golden_array(golden.at("x"));
    Array upstream = golden_array(golden.at("upstream"));
    CAPTURE(x.shape.text());
    Tape tape;
    const Var input = tape.variable(x.tensor());
    const Var y = sort_rows(input);
    CHECK(difference(y.value().span(), golden_values(golden.at("y")), tolerance) == "");
    tape.backward(sum(mul(y, tape.constant(upstream.tensor()))));
    CHECK(difference(input.grad().span(), golden_values(golden.at("x_grad")), tolerance) == "");
  }
}

/// The comparison above must notice one number that is off by a thousandth.
inline void check_comparison_notices_a_wrong_number(double tolerance) {
  const nlohmann::json& golden = torch_golden().at("lstm").at(0);
  const auto values = golden_values(golden.at("y"));
  CHECK(difference(values, values, tolerance) == "");
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto wrong = values;
    wrong[i] += 1e-3;
    CHECK(difference(wrong, values, tolerance) != "");
    wrong[i] = std::nan("");
    CHECK(difference(wrong, values, tolerance) != "");
  }
  CHECK(difference(std::vector<double>{}, std::vector<double>{}, tolerance) != "");
  CHECK(difference(std::vector<double>(values.size() - 1), values, tolerance) != "");
}

}  // namespace espalier::test
