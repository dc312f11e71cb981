#include <cstdint>

#include "apps/f64/gradcheck/op_case.h"
#include "core/ops.h"

namespace espalier {

namespace {

using Cases = std::vector<GradientCase>;

struct Sizes {
  const char* form;
  std::int64_t time, in, hidden, batch;
};

constexpr Sizes recurrent_sizes[] = {
    {"", 4, 3, 5, 2}, {"sizes of 1", 1, 1, 1, 1}, {"wide batch", 2, 3, 2, 9}};

/// Either bias is shared by all steps, [rows], or has a row for each, [time, rows].
std::vector<OpInput> recurrent_inputs(const Sizes& size, std::int64_t gates, bool steps_ih = false,
                                      bool steps_hh = false) {
  const std::int64_t rows = gates * size.hidden;
  const auto bias = [&](bool steps) { return steps ? Shape{size.time, rows} : Shape{rows}; };
  return {{"x", {size.time, size.in, size.batch}},
          {"weight_ih", {rows, size.in}},
          {"weight_hh", {rows, size.hidden}},
          {"bias_ih", bias(steps_ih)},
          {"bias_hh", bias(steps_hh)}};
}

void add_recurrent(Cases& all, const char* name, std::int64_t gates,
                   const std::function<Var(Vars)>& op) {
  for (const Sizes& size : recurrent_sizes) {
    all.push_back(op_case(name, size.form, recurrent_inputs(size, gates), op));
  }
  const Sizes& size = recurrent_sizes[0];
  all.push_back(op_case(name, "bias_ih per step", recurrent_inputs(size, gates, true), op));
  all.push_back(op_case(name, "bias_hh per step", recurrent_inputs(size, gates, false, true), op));
  all.push_back(op_case(name, "biases per step", recurrent_inputs(size, gates, true, true), op));
}

Cases recurrent_ops() {
  Cases all;
  add_recurrent(all, "rnn_sequence", 1, [](Vars v) {
    return rnn_sequence(v[0], v[1], v[2], v[3], v[4], RnnNonlinearity::tanh);
  });
  all.push_back(op_case(
      "rnn_sequence", "relu", recurrent_inputs(recurrent_sizes[0], 1),
      [](Vars v) { return rnn_sequence(v[0], v[1], v[2], v[3], v[4], RnnNonlinearity::relu); }));
  add_recurrent(all, "gru_sequence", 3,
                [](Vars v) { return gru_sequence(v[0], v[1], v[2], v[3], v[4]); });
  add_recurrent(all, "lstm_sequence", 4,
                [](Vars v) { return lstm_sequence(v[0], v[1], v[2], v[3], v[4]); });
  return all;
}

Cases dense_ops() {
  const auto affine = [](Vars v) { return linear(v[0], v[1], v[2]); };
  const auto norm = [](Vars v) { return layer_norm(v[0], v[1], v[2], 1e-5); };
  return {
      op_case("linear", "", {{"x", {3, 9}}, {"weight", {2, 3}}, {"bias", {2}}}, affine),
      op_case("linear", "one sample", {{"x", {7, 1}}, {"weight", {5, 7}}, {"bias", {5}}}, affine),
      op_case("linear", "a sequence", {{"x", {5, 3, 4}}, {"weight", {2, 3}}, {"bias", {2}}},
              affine),
      op_case("layer_norm", "", {{"x", {5, 3}}, {"gain", {5}}, {"bias", {5}}}, norm),
      op_case("layer_norm", "wide batch", {{"x", {3, 11}}, {"gain", {3}}, {"bias", {3}}}, norm),
  };
}

Cases token_ops() {
  return {
      op_case("patches", "", {{"x", {7, 2, 3}}}, [](Vars v) { return patches(v[0], 3, 2, 3); }),
      op_case("patches", "beyond the end", {{"x", {7, 2, 3}}},
              [](Vars v) { return patches(v[0], 3, 2, 4); }),
      op_case("add_positions", "", {{"x", {4, 6}}, {"positions", {3, 4}}},
              [](Vars v) { return add_positions(v[0], v[1]); }),
      op_case("mean_tokens", "", {{"x", {4, 6}}}, [](Vars v) { return mean_tokens(v[0], 3); }),
      op_case("attention_scores", "", {{"qkv", {12, 6}}},
              [](Vars v) { return attention_scores(v[0], 2, 3); }),
      op_case("attention_scores", "one head of size 1", {{"qkv", {3, 2}}},
              [](Vars v) { return attention_scores(v[0], 1, 2); }),
      op_case("attention_values", "", {{"weights", {2, 3, 3, 2}}, {"qkv", {12, 6}}},
              [](Vars v) { return attention_values(v[0], v[1]); }),
      op_case("attention_values", "wide batch", {{"weights", {1, 2, 2, 9}}, {"qkv", {6, 18}}},
              [](Vars v) { return attention_values(v[0], v[1]); }),
  };
}

}  // namespace

std::vector<GradientCase> fused_op_cases() {
  Cases all;
  for (const Cases& part : {dense_ops(), recurrent_ops(), token_ops()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace espalier
