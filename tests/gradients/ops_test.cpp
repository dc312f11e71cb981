// Every op's backward against central differences.

#include <filesystem>
#include <set>

#include <doctest/doctest.h>

#include "tests/gradients/gradient_check.h"

namespace espalier::test {

namespace {

using Vars = std::span<const Var>;

struct OpCase {
  /// The file in core/ops/ without its ending.
  const char* file;
  std::vector<Array> inputs;
  Computation compute;
};

Array some(const Shape& shape, std::uint64_t seed) {
  return random_array(shape, seed, -2, 2);
}

/// Away from 0 by more than any step of a difference, with both signs.
Array without_zero(const Shape& shape, std::uint64_t seed) {
  Array made = random_array(shape, seed, 0.1, 2);
  for (std::size_t i = 0; i < made.elements.size(); i += 2) made.elements[i] *= -1;
  return made;
}

/// Differs from `other` by at least 0.1 everywhere.
Array apart_from(const Array& other, std::uint64_t seed) {
  Array made = without_zero(other.shape, seed);
  for (std::size_t i = 0; i < made.elements.size(); ++i) made.elements[i] += other.elements[i];
  return made;
}

std::vector<OpCase> elementwise_cases() {
  static const std::vector<std::uint8_t> keep{1, 0, 1, 1, 0, 1};
  const Shape shape{2, 3};
  return {
      {"add", {some(shape, 1), some(shape, 2)}, [](Vars v) { return add(v[0], v[1]); }},
      {"add", {some(shape, 1)}, [](Vars v) { return add(v[0], v[0]); }},
      {"sub", {some(shape, 3), some(shape, 4)}, [](Vars v) { return sub(v[0], v[1]); }},
      {"mul", {some(shape, 5), some(shape, 6)}, [](Vars v) { return mul(v[0], v[1]); }},
      {"mul", {some({1}, 5)}, [](Vars v) { return mul(v[0], v[0]); }},
      {"scale", {some(shape, 7)}, [](Vars v) { return scale(v[0], -2.5); }},
      {"exp", {some(shape, 8)}, [](Vars v) { return exp(v[0]); }},
      {"sigmoid", {some({5, 7}, 9)}, [](Vars v) { return sigmoid(v[0]); }},
      {"tanh", {some({5, 7}, 10)}, [](Vars v) { return tanh(v[0]); }},
      {"relu", {without_zero({5, 7}, 11)}, [](Vars v) { return relu(v[0]); }},
      {"mask_scale", {some(shape, 12)}, [](Vars v) { return mask_scale(v[0], keep, 1.25); }},
      {"div", {some(shape, 13), without_zero(shape, 14)}, [](Vars v) { return div(v[0], v[1]); }},
      {"gelu", {some({5, 7}, 15)}, [](Vars v) { return gelu(v[0]); }},
      {"sqrt", {random_array(shape, 16, 0, 2)}, [](Vars v) { return sqrt(v[0], 0.5); }},
      {"softmax", {some({4, 3}, 17)}, [](Vars v) { return softmax(v[0]); }},
      {"softmax", {some({2, 3, 4, 2}, 18)}, [](Vars v) { return softmax(v[0]); }},
  };
}

/// b with only the trailing axes of a.
std::vector<OpCase> repeating_cases() {
  const Array a = some({4, 2, 3}, 90);
  return {
      {"add", {a, some({2, 3}, 91)}, [](Vars v) { return add(v[0], v[1]); }},
      {"sub", {a, some({3}, 92)}, [](Vars v) { return sub(v[0], v[1]); }},
      {"mul", {a, some({3}, 93)}, [](Vars v) { return mul(v[0], v[1]); }},
      {"div", {a, without_zero({2, 3}, 94)}, [](Vars v) { return div(v[0], v[1]); }},
  };
}

std::vector<OpCase> shape_cases() {
  return {
      {"reshape",
       {some({2, 3}, 20)},
       [](Vars v) {
         return reshape(v[0], {3, 2, 1});
       }},
      {"slice", {some({4, 3}, 21)}, [](Vars v) { return slice(v[0], 1, 3); }},
      {"slice", {some({4, 3, 2}, 22)}, [](Vars v) { return select(v[0], 3); }},
      {"slice", {some({5}, 22)}, [](Vars v) { return select(v[0], 0); }},
      {"concat",
       {some({1, 3}, 23), some({2, 3}, 24), some({4, 3}, 25)},
       [](Vars v) { return concat(v); }},
      {"concat", {some({2, 3}, 26), some({2, 3}, 27)}, [](Vars v) { return stack(v); }},
      {"concat",
       {some({2}, 28)},
       [](Vars v) {
         const std::vector<Var> twice{v[0], v[0]};
         return stack(twice);
       }},
  };
}

std::vector<OpCase> reduction_cases() {
  const Array target = some({3, 4}, 31);
  return {
      {"sum", {some({3, 4}, 30)}, [](Vars v) { return sum(v[0]); }},
      {"mean", {some({3, 4}, 30)}, [](Vars v) { return mean(v[0]); }},
      {"mse_loss", {some({3, 4}, 32), target}, [](Vars v) { return mse_loss(v[0], v[1]); }},
      {"mae_loss", {apart_from(target, 33), target}, [](Vars v) { return mae_loss(v[0], v[1]); }},
  };
}

std::vector<OpCase> linear_algebra_cases() {
  const auto affine = [](Vars v) { return linear(v[0], v[1], v[2]); };
  const auto lstm = [](Vars v) { return lstm_sequence(v[0], v[1], v[2], v[3], v[4]); };
  const auto gru = [](Vars v) { return gru_sequence(v[0], v[1], v[2], v[3], v[4]); };
  const auto rnn = [](Vars v) {
    return rnn_sequence(v[0], v[1], v[2], v[3], v[4], RnnNonlinearity::tanh);
  };
  return {
      {"gru_sequence",
       {some({4, 3, 2}, 70), some({15, 3}, 71), some({15, 5}, 72), some({15}, 73), some({15}, 74)},
       gru},
      {"rnn_sequence",
       {some({4, 3, 2}, 75), some({5, 3}, 76), some({5, 5}, 77), some({5}, 78), some({5}, 79)},
       rnn},
      {"matmul", {some({3, 4}, 40), some({4, 2}, 41)}, [](Vars v) { return matmul(v[0], v[1]); }},
      {"matmul", {some({1, 1}, 42), some({1, 1}, 43)}, [](Vars v) { return matmul(v[0], v[1]); }},
      {"matmul", {some({3, 3}, 44)}, [](Vars v) { return matmul(v[0], v[0]); }},
      {"add_bias", {some({3, 4}, 45), some({3}, 46)}, [](Vars v) { return add_bias(v[0], v[1]); }},
      {"add_bias", {some({3}, 47), some({3}, 48)}, [](Vars v) { return add_bias(v[0], v[1]); }},
      {"linear", {some({3, 4}, 50), some({2, 3}, 51), some({2}, 52)}, affine},
      {"linear", {some({5, 3, 4}, 53), some({2, 3}, 54), some({2}, 55)}, affine},
      {"lstm_sequence",
       {some({4, 3, 2}, 60), some({20, 3}, 61), some({20, 5}, 62), some({20}, 63), some({20}, 64)},
       lstm},
      {"lstm_sequence",
       {some({1, 1, 1}, 65), some({4, 1}, 66), some({4, 1}, 67), some({4}, 68), some({4}, 69)},
       lstm},
  };
}

std::vector<OpCase> token_cases() {
  static const std::vector<std::int64_t> chosen{2, 0, 2};
  return {
      {"layer_norm",
       {some({5, 3}, 80), some({5}, 81), some({5}, 82)},
       [](Vars v) { return layer_norm(v[0], v[1], v[2], 1e-5); }},
      {"attention_scores",
       {some({12, 6}, 83)},
       [](Vars v) { return attention_scores(v[0], 2, 3); }},
      {"attention_scores", {some({3, 2}, 84)}, [](Vars v) { return attention_scores(v[0], 1, 2); }},
      {"attention_values",
       {some({2, 3, 3, 2}, 85), some({12, 6}, 86)},
       [](Vars v) { return attention_values(v[0], v[1]); }},
      {"patches", {some({7, 2, 3}, 87)}, [](Vars v) { return patches(v[0], 3, 2, 4); }},
      {"add_positions",
       {some({4, 6}, 88), some({3, 4}, 89)},
       [](Vars v) { return add_positions(v[0], v[1]); }},
      {"mean_tokens", {some({4, 6}, 95)}, [](Vars v) { return mean_tokens(v[0], 3); }},
      {"select_features",
       {some({2, 3, 2}, 96)},
       [](Vars v) { return select_features(v[0], chosen); }},
      {"mean_rows", {some({3, 2, 2}, 97)}, [](Vars v) { return mean_rows(v[0]); }},
      {"repeat", {some({3}, 98)}, [](Vars v) { return repeat(v[0], 4); }},
      {"repeat_rows", {some({3, 2}, 99)}, [](Vars v) { return repeat_rows(v[0], 3); }},
      {"transpose", {some({3, 2}, 100)}, [](Vars v) { return transpose(v[0]); }},
      {"moving_average", {some({6, 2}, 101)}, [](Vars v) { return moving_average(v[0], 5); }},
      {"moving_average", {some({2, 2}, 102)}, [](Vars v) { return moving_average(v[0], 7); }},
  };
}

std::vector<OpCase> all_cases() {
  std::vector<OpCase> all;
  for (auto cases : {elementwise_cases(), repeating_cases(), shape_cases(), reduction_cases(),
                     linear_algebra_cases(), token_cases()}) {
    std::ranges::move(cases, std::back_inserter(all));
  }
  return all;
}

}  // namespace

TEST_CASE("every op's gradients are the slopes of its values") {
  for (const OpCase& op : all_cases()) {
    CAPTURE(op.file);
    CHECK(gradient_problem(op.inputs, op.compute) == "");
  }
}

TEST_CASE("an op adds to gradients and never overwrites them") {
  for (const OpCase& op : all_cases()) {
    CAPTURE(op.file);
    const auto twice = [&](Vars v) { return add(op.compute(v), op.compute(v)); };
    CHECK(gradient_problem(op.inputs, twice) == "");
  }
}

TEST_CASE("no op writes into its inputs") {
  for (const OpCase& op : all_cases()) {
    CAPTURE(op.file);
    std::vector<Array> inputs = op.inputs;
    evaluate(inputs, op.compute);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      CHECK(inputs[k].elements == op.inputs[k].elements);
    }
  }
}

TEST_CASE("every op in core/ops has its gradients checked") {
  std::set<std::string> checked;
  for (const OpCase& op : all_cases()) checked.insert(op.file);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ESPALIER_SOURCE_DIR "/core/ops")) {
    const std::string name = entry.path().stem().string();
    const bool shared = name == "check" || name == "recurrent" || name == "attention";
    if (entry.path().extension() != ".cpp" || shared) continue;
    ++files;
    CHECK_MESSAGE(checked.contains(name), "no gradient check of core/ops/", name, ".cpp");
  }
  CHECK(files == checked.size());
}

}  // namespace espalier::test
