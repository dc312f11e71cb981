// Shapes that don't fit: the message names the op, what was found and what was expected.

#include <deque>
#include <vector>

#include <doctest/doctest.h>

#include "core/ops.h"
#include "tests/support/array.h"
#include "tests/support/errors.h"

namespace espalier::test {

namespace {

/// Variables of any shape on one tape.
class Inputs {
 public:
  Var operator()(const Shape& shape) {
    arrays_.push_back(random_array(shape, 1));
    return tape_.variable(arrays_.back().tensor());
  }
  std::size_t nodes() const { return tape_.nodes().size(); }

 private:
  std::deque<Array> arrays_;
  Tape tape_;
};

}  // namespace

TEST_CASE("element-wise ops of two arrays and losses want equal shapes") {
  Inputs in;
  const Var a = in({2, 3});
  const Var b = in({3, 2});
  CHECK(wrong_error([&] { add(a, b); }, {"[add]", "(2,3)", "(3,2)", "equal"}) == "");
  CHECK(wrong_error([&] { sub(a, b); }, {"[sub]", "(2,3)", "(3,2)", "equal"}) == "");
  CHECK(wrong_error([&] { mul(a, b); }, {"[mul]", "(2,3)", "(3,2)", "equal"}) == "");
  CHECK(wrong_error([&] { div(a, in({2})); }, {"[div]", "(2,3)", "(2)", "trailing"}) == "");
  CHECK(wrong_error([&] { div(in({3}), a); }, {"[div]", "(3)", "(2,3)", "trailing"}) == "");
  CHECK(wrong_error([&] { mse_loss(a, b); }, {"[mse_loss]", "(2,3)", "(3,2)"}) == "");
  CHECK(wrong_error([&] { mae_loss(a, b); }, {"[mae_loss]", "(2,3)", "(3,2)"}) == "");
  CHECK(in.nodes() == 4);  // an op that fails records nothing
}

TEST_CASE("pinball_loss wants the rows of the target once for each level") {
  Inputs in;
  const std::vector<double> levels{0.1, 0.9};
  CHECK(wrong_error(
            [&] {
              pinball_loss(in({3, 2}), in({2, 2}), levels);
            },
            {"[pinball_loss] prediction", "(3,2)", "expected (4,2)", "(2,2)"}) == "");
  CHECK(wrong_error(
            [&] {
              pinball_loss(in({4, 3}), in({2, 2}), levels);
            },
            {"[pinball_loss] prediction", "(4,3)", "expected (4,2)"}) == "");
  CHECK(wrong_error([&] { pinball_loss(in({2}), in({2}), {}); }, {"[pinball_loss]", "0 levels"}) ==
        "");
  CHECK(wrong_error([&] { sort_rows(select(in({1}), 0)); }, {"[sort_rows]", "rows"}) == "");
}

TEST_CASE("mask_scale wants a byte per element") {
  Inputs in;
  const std::vector<std::uint8_t> keep(5, 1);
  CHECK(wrong_error(
            [&] {
              mask_scale(in({2, 3}), keep, 1);
            },
            {"[mask_scale]", "5", "(2,3)"}) == "");
}

TEST_CASE("reshape wants as many elements as it has") {
  Inputs in;
  CHECK(wrong_error([&] { reshape(in({2, 3}), {4, 2}); }, {"[reshape]", "(2,3)", "(4,2)"}) == "");
}

TEST_CASE("slice and select stay inside the outermost axis") {
  Inputs in;
  const Var x = in({3, 2});
  CHECK(wrong_error([&] { slice(x, 1, 4); }, {"[slice]", "1 to 4", "(3,2)"}) == "");
  CHECK(wrong_error([&] { slice(x, -1, 2); }, {"[slice]", "-1 to 2", "(3,2)"}) == "");
  CHECK(wrong_error([&] { slice(x, 2, 2); }, {"[slice]", "2 to 2", "begin < end"}) == "");
  CHECK(wrong_error([&] { select(x, 3); }, {"[select]", "entry 3", "(3,2)"}) == "");
  CHECK(wrong_error([&] { select(x, -1); }, {"[select]", "entry -1", "(3,2)"}) == "");
  const Var number = select(in({1}), 0);
  CHECK(wrong_error([&] { slice(number, 0, 1); }, {"[slice]", "()"}) == "");
  CHECK(wrong_error([&] { select(number, 0); }, {"[select]", "()"}) == "");
}

TEST_CASE("concat wants parts that differ in the outermost axis only") {
  Inputs in;
  const std::vector<Var> parts{in({2, 3}), in({2, 4})};
  CHECK(wrong_error([&] { concat(parts); }, {"[concat]", "(2,3)", "(2,4)", "outermost"}) == "");
  CHECK(wrong_error([&] { concat({}); }, {"[concat]", "nothing"}) == "");
  const std::vector<Var> numbers{select(in({1}), 0)};
  CHECK(wrong_error([&] { concat(numbers); }, {"[concat]", "()"}) == "");
}

TEST_CASE("stack wants equal shapes of at most three axes") {
  Inputs in;
  const std::vector<Var> parts{in({2, 3}), in({1, 3})};
  CHECK(wrong_error([&] { stack(parts); }, {"[stack]", "(2,3)", "(1,3)"}) == "");
  CHECK(wrong_error([&] { stack({}); }, {"[stack]", "nothing"}) == "");
  const std::vector<Var> deep{in({1, 2, 1, 2})};
  CHECK(wrong_error([&] { stack(deep); }, {"[stack]", "(1,2,1,2)", "at most 3"}) == "");
}

TEST_CASE("matmul wants two matrices that fit") {
  Inputs in;
  CHECK(wrong_error([&] { matmul(in({2, 3}), in({2, 3})); }, {"[matmul]", "(2,3)", "rows"}) == "");
  CHECK(wrong_error([&] { matmul(in({6}), in({2, 3})); }, {"[matmul] a", "(6)", "2 axes"}) == "");
  CHECK(wrong_error(
            [&] {
              matmul(in({2, 3}), in({3, 2, 1}));
            },
            {"[matmul] b", "(3,2,1)", "2 axes"}) == "");
}

TEST_CASE("add_bias wants one bias per row") {
  Inputs in;
  CHECK(wrong_error([&] { add_bias(in({2, 3}), in({3})); }, {"[add_bias]", "(3)", "(2)"}) == "");
  const Var number = select(in({1}), 0);
  CHECK(wrong_error([&] { add_bias(number, in({1})); }, {"[add_bias]", "single number"}) == "");
}

TEST_CASE("linear names the argument that doesn't fit") {
  Inputs in;
  const Var weight = in({4, 3});
  const Var bias = in({4});
  CHECK(wrong_error(
            [&] {
              linear(in({2, 5}), weight, bias);
            },
            {"[linear] x", "(2,5)", "(4,3)", "3 input features"}) == "");
  CHECK(wrong_error(
            [&] {
              linear(in({7, 2, 5}), weight, bias);
            },
            {"[linear] x", "(7,2,5)", "3 input features"}) == "");
  CHECK(wrong_error([&] { linear(in({3}), weight, bias); }, {"[linear] x", "(3)"}) == "");
  CHECK(wrong_error(
            [&] {
              linear(in({3, 5}), in({12}), bias);
            },
            {"[linear] weight", "(12)", "2 axes"}) == "");
  CHECK(wrong_error(
            [&] {
              linear(in({3, 5}), weight, in({3}));
            },
            {"[linear] bias", "(3)", "(4)"}) == "");
}

TEST_CASE("lstm_sequence names the argument that doesn't fit") {
  Inputs in;
  const auto lstm = [&](const Shape& x, const Shape& ih, const Shape& hh, const Shape& b_ih,
                        const Shape& b_hh) {
    return [=, &in] { lstm_sequence(in(x), in(ih), in(hh), in(b_ih), in(b_hh)); };
  };
  CHECK(error_of(lstm({5, 3, 2}, {16, 3}, {16, 4}, {16}, {16})) == "<no error>");
  CHECK(wrong_error(lstm({3, 2}, {16, 3}, {16, 4}, {16}, {16}),
                    {"[lstm_sequence] x", "(3,2)", "3 axes"}) == "");
  CHECK(wrong_error(lstm({5, 2, 2}, {16, 3}, {16, 4}, {16}, {16}),
                    {"[lstm_sequence] x", "(5,2,2)", "(16,3)", "3 input features"}) == "");
  CHECK(wrong_error(lstm({5, 3, 2}, {12, 3}, {16, 4}, {16}, {16}),
                    {"weight_ih", "(12,3)", "(16,3)"}) == "");
  CHECK(wrong_error(lstm({5, 3, 2}, {48}, {16, 4}, {16}, {16}), {"weight_ih", "(48)", "2 axes"}) ==
        "");
  CHECK(wrong_error(lstm({5, 3, 2}, {16, 3}, {15, 4}, {16}, {16}),
                    {"weight_hh", "(15,4)", "(16,4)"}) == "");
  CHECK(wrong_error(lstm({5, 3, 2}, {16, 3}, {16, 4}, {4}, {16}), {"bias_ih", "(4)", "(16)"}) ==
        "");
  CHECK(wrong_error(lstm({5, 3, 2}, {16, 3}, {16, 4}, {16}, {4}), {"bias_hh", "(4)", "(16)"}) ==
        "");
}

TEST_CASE("softmax, mean_rows, transpose and repeats want the axes they work on") {
  Inputs in;
  CHECK(wrong_error([&] { softmax(in({3})); }, {"[softmax]", "(3)", "features"}) == "");
  CHECK(wrong_error([&] { mean_rows(in({3})); }, {"[mean_rows]", "(3)", "2 axes"}) == "");
  CHECK(wrong_error([&] { transpose(in({2, 3, 4})); }, {"[transpose]", "(2,3,4)", "2"}) == "");
  CHECK(wrong_error([&] { repeat(in({2, 3}), 2); }, {"[repeat]", "(2,3)", "1"}) == "");
  CHECK(wrong_error([&] { repeat(in({2}), 0); }, {"[repeat]", "0", "1 or more"}) == "");
  CHECK(wrong_error([&] { repeat_rows(in({2}), 0); }, {"[repeat_rows]", "(2)", "0"}) == "");
  CHECK(wrong_error([&] { moving_average(in({2}), 4); }, {"[moving_average]", "4", "odd"}) == "");
}

TEST_CASE("layer_norm wants a gain and a bias per feature") {
  Inputs in;
  CHECK(wrong_error(
            [&] {
              layer_norm(in({3, 2}), in({2}), in({3}), 1e-5F);
            },
            {"[layer_norm]", "gain", "(2)", "(3)"}) == "");
  CHECK(wrong_error([&] { layer_norm(in({3}), in({3}), in({3}), 1e-5F); },
                    {"[layer_norm]", "x", "(3)", "2"}) == "");
}

TEST_CASE("ops on tokens want heads and tokens that fit") {
  Inputs in;
  CHECK(wrong_error(
            [&] {
              attention_scores(in({12, 6}), 5, 3);
            },
            {"[attention_scores]", "(12,6)", "5 equal heads"}) == "");
  CHECK(wrong_error(
            [&] {
              attention_scores(in({12, 6}), 2, 4);
            },
            {"[attention_scores]", "(12,6)", "4 equal tokens"}) == "");
  CHECK(wrong_error(
            [&] {
              attention_values(in({2, 3, 3, 4}), in({12, 6}));
            },
            {"[attention_values]", "(2,3,3,4)", "(2,3,3,2)"}) == "");
  CHECK(wrong_error([&] { patches(in({4, 2, 3}), 0, 1, 1); }, {"[patches]", "0 rows"}) == "");
  CHECK(wrong_error(
            [&] {
              add_positions(in({4, 6}), in({5, 4}));
            },
            {"[add_positions]", "(4,6)", "(5,4)"}) == "");
  CHECK(wrong_error([&] { mean_tokens(in({4, 6}), 4); }, {"[mean_tokens]", "(4,6)", "4"}) == "");
  const std::vector<std::int64_t> beyond{0, 2};
  CHECK(wrong_error(
            [&] {
              select_features(in({4, 2, 3}), beyond);
            },
            {"[select_features]", "feature 2", "(4,2,3)"}) == "");
}

}  // namespace espalier::test
