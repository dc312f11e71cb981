// Values of every op, worked by hand. Gradients are checked in tests/gradients.

#include "core/ops.h"

#include <cmath>
#include <deque>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/array.h"

namespace espalier::test {

namespace {

using Values = std::vector<double>;

/// Keeps the numbers of a few inputs and puts them on one tape.
class Inputs {
 public:
  Var operator()(const Shape& shape, std::initializer_list<real> elements) {
    arrays_.push_back(array(shape, elements));
    return tape_.variable(arrays_.back().tensor());
  }

 private:
  std::deque<Array> arrays_;
  Tape tape_;
};

/// Empty if `y` has this shape and these elements, to rounding.
std::string wrong(Var y, const Shape& shape, const Values& elements) {
  if (y.shape() != shape) return "shape " + y.shape().text();
  return difference(y.value().span(), elements, 1e-6);
}

constexpr real infinity = std::numeric_limits<real>::infinity();
constexpr real nan = std::numeric_limits<real>::quiet_NaN();

}  // namespace

TEST_CASE("arithmetic of two arrays, element by element") {
  Inputs in;
  const Var a = in({2, 2}, {1, -2, 3, 0.5});
  const Var b = in({2, 2}, {4, 5, -6, 8});
  CHECK(wrong(add(a, b), {2, 2}, {5, 3, -3, 8.5}) == "");
  CHECK(wrong(sub(a, b), {2, 2}, {-3, -7, 9, -7.5}) == "");
  CHECK(wrong(mul(a, b), {2, 2}, {4, -10, -18, 4}) == "");
  CHECK(wrong(scale(a, -2), {2, 2}, {-2, 4, -6, -1}) == "");
}

TEST_CASE("exp, sigmoid and tanh at points with known values") {
  Inputs in;
  const Var x = in({4}, {0, 1, -1, 2});
  CHECK(wrong(exp(x), {4}, {1, 2.718281828459045, 0.36787944117144233, 7.38905609893065}) == "");
  CHECK(wrong(sigmoid(x), {4}, {0.5, 0.7310585786300049, 0.2689414213699951, 0.8807970779778823}) ==
        "");
  CHECK(wrong(tanh(x), {4}, {0, 0.7615941559557649, -0.7615941559557649, 0.9640275800758169}) ==
        "");
  const Var extremes = in({3}, {-infinity, infinity, nan});
  CHECK(sigmoid(extremes).value()[0] < 1.3e-38);  // where it ends, see kernels.h
  CHECK(sigmoid(extremes).value()[1] == 1);
  CHECK(std::isnan(sigmoid(extremes).value()[2]));
  CHECK(tanh(extremes).value()[0] == -1);
  CHECK(tanh(extremes).value()[1] == 1);
  CHECK(std::isnan(tanh(extremes).value()[2]));
}

TEST_CASE("relu cuts below zero and lets a NaN through") {
  Inputs in;
  const Var y = relu(in({5}, {-3, 0, 2, infinity, nan}));
  CHECK(y.value()[0] == 0);
  CHECK(y.value()[1] == 0);
  CHECK(y.value()[2] == 2);
  CHECK(y.value()[3] == infinity);
  CHECK(std::isnan(y.value()[4]));
}

TEST_CASE("relu's slope at zero is zero") {
  Inputs in;
  const Var x = in({3}, {-1, 0, 1});
  x.tape().backward(sum(relu(x)));
  CHECK(difference(x.grad().span(), Values{0, 0, 1}, 0) == "");
}

TEST_CASE("mask_scale keeps and scales, or gives zero whatever stood there") {
  Inputs in;
  const std::vector<std::uint8_t> keep{1, 0, 0, 0};
  const Var x = in({4}, {3, 5, nan, -infinity});
  const Var y = mask_scale(x, keep, 2);
  CHECK(wrong(y, {4}, {6, 0, 0, 0}) == "");
  x.tape().backward(sum(y));
  CHECK(difference(x.grad().span(), Values{2, 0, 0, 0}, 0) == "");
}

TEST_CASE("mask_scale lets no NaN gradient through a dropped element") {
  Inputs in;
  const std::vector<std::uint8_t> keep{1, 0};
  const Var x = in({2}, {1, 1});
  const Var poison = in({2}, {2, nan});
  x.tape().backward(sum(mul(mask_scale(x, keep, 1), poison)));
  CHECK(difference(x.grad().span(), Values{2, 0}, 0) == "");
}

TEST_CASE("reshape, slice, select, concat and stack move elements as row-major order says") {
  Inputs in;
  const Var x = in({3, 2}, {1, 2, 3, 4, 5, 6});
  CHECK(wrong(reshape(x, {2, 3}), {2, 3}, {1, 2, 3, 4, 5, 6}) == "");
  CHECK(wrong(reshape(x, {6}), {6}, {1, 2, 3, 4, 5, 6}) == "");
  CHECK(wrong(slice(x, 1, 3), {2, 2}, {3, 4, 5, 6}) == "");
  CHECK(wrong(slice(x, 0, 1), {1, 2}, {1, 2}) == "");
  CHECK(wrong(select(x, 1), {2}, {3, 4}) == "");
  const std::vector<Var> rows{slice(x, 2, 3), slice(x, 0, 2)};
  CHECK(wrong(concat(rows), {3, 2}, {5, 6, 1, 2, 3, 4}) == "");
  const std::vector<Var> parts{select(x, 0), select(x, 2)};
  CHECK(wrong(stack(parts), {2, 2}, {1, 2, 5, 6}) == "");
  CHECK(wrong(stack(std::vector{x, x, x}), {3, 3, 2},
              {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}) == "");
}

TEST_CASE("sum and mean") {
  Inputs in;
  const Var x = in({2, 2}, {1, 2, 3, -10});
  CHECK(wrong(sum(x), {1}, {-4}) == "");
  CHECK(wrong(mean(x), {1}, {-1}) == "");
}

TEST_CASE("losses are means, and mae_loss is flat where it is met") {
  Inputs in;
  const Var prediction = in({2, 2}, {1, 2, 3, 4});
  const Var target = in({2, 2}, {1, 4, 0, 4.5});
  CHECK(wrong(mse_loss(prediction, target), {1}, {13.25 / 4}) == "");
  const Var mae = mae_loss(prediction, target);
  CHECK(wrong(mae, {1}, {5.5 / 4}) == "");
  mae.tape().backward(mae);
  CHECK(difference(prediction.grad().span(), Values{0, -0.25, 0.25, -0.25}, 0) == "");
  CHECK(difference(target.grad().span(), Values{0, 0.25, -0.25, 0.25}, 0) == "");
}

TEST_CASE("pinball_loss: too low costs the level, too high the rest, and nothing where it is met") {
  Inputs in;
  const std::vector<double> levels{0.25, 0.75};
  const Var prediction = in({4, 1}, {1, 5, 3, 4});
  const Var target = in({2, 1}, {3, 1});
  // Errors 2 and −4 at 0.25, 0 and −3 at 0.75.
  const Var loss = pinball_loss(prediction, target, levels);
  CHECK(wrong(loss, {1}, {(2 * 0.25 + 4 * 0.75 + 0 + 3 * 0.25) / 4}) == "");
  loss.tape().backward(loss);
  CHECK(difference(prediction.grad().span(), Values{-0.0625, 0.1875, 0, 0.0625}, 0) == "");
  CHECK(difference(target.grad().span(), Values{0.0625, -0.25}, 0) == "");
}

TEST_CASE("sort_rows orders every place by itself, and loses no NaN") {
  Inputs in;
  const Var x = in({3, 2}, {3, 1, 1, 3, 2, 2});
  const Var y = sort_rows(x);
  CHECK(wrong(y, {3, 2}, {1, 1, 2, 2, 3, 3}) == "");
  y.tape().backward(sum(mul(y, in({3, 2}, {10, 20, 30, 40, 50, 60}))));
  CHECK(difference(x.grad().span(), Values{50, 20, 10, 60, 30, 40}, 0) == "");
  CHECK(wrong(sort_rows(in({1, 2}, {3, 1})), {1, 2}, {3, 1}) == "");
  const Var poisoned = sort_rows(in({3}, {2, nan, 1}));
  real total = 0;
  for (const real value : poisoned.value().span()) total += value;
  CHECK(std::isnan(total));
}

TEST_CASE("matmul and add_bias") {
  Inputs in;
  const Var a = in({2, 3}, {1, 2, 3, 4, 5, 6});
  const Var b = in({3, 2}, {7, 8, 9, 10, 11, 12});
  CHECK(wrong(matmul(a, b), {2, 2}, {58, 64, 139, 154}) == "");
  CHECK(wrong(add_bias(a, in({2}, {10, -1})), {2, 3}, {11, 12, 13, 3, 4, 5}) == "");
  CHECK(wrong(add_bias(in({2, 1, 2}, {1, 2, 3, 4}), in({2}, {10, 20})), {2, 1, 2},
              {11, 12, 23, 24}) == "");
}

TEST_CASE("linear is W x + b for every column, and for every step of a sequence") {
  Inputs in;
  const Var weight = in({2, 3}, {1, 0, -1, 2, 1, 0});
  const Var bias = in({2}, {0.5, -0.5});
  const Var x = in({3, 2}, {1, 4, 2, 5, 3, 6});  // columns (1,2,3) and (4,5,6)
  CHECK(wrong(linear(x, weight, bias), {2, 2}, {-1.5, -1.5, 3.5, 12.5}) == "");
  const Var steps = in({2, 3, 1}, {1, 2, 3, 4, 5, 6});
  CHECK(wrong(linear(steps, weight, bias), {2, 2, 1}, {-1.5, 3.5, -1.5, 12.5}) == "");
}

TEST_CASE("lstm_sequence, one unit, two steps, worked by hand") {
  Inputs in;
  const auto sigma = [](double v) { return 1 / (1 + std::exp(-v)); };
  // Gates in the order i, f, g, o; input 1 then −2.
  const Var x = in({2, 1, 1}, {1, -2});
  const Var weight_ih = in({4, 1}, {0.5, -0.25, 1, 0.75});
  const Var weight_hh = in({4, 1}, {0.1, 0.2, -0.3, 0.4});
  const Var bias_ih = in({4}, {0.1, 0.2, 0.3, 0.4});
  const Var bias_hh = in({4}, {0.0, 1.0, -0.1, 0.05});
  const double c1 = sigma(0.5 + 0.1) * std::tanh(1 + 0.2);
  const double h1 = sigma(0.75 + 0.45) * std::tanh(c1);
  const double i2 = sigma(-1 + 0.1 + 0.1 * h1);
  const double f2 = sigma(0.5 + 1.2 + 0.2 * h1);
  const double g2 = std::tanh(-2 + 0.2 - 0.3 * h1);
  const double o2 = sigma(-1.5 + 0.45 + 0.4 * h1);
  const double h2 = o2 * std::tanh(f2 * c1 + i2 * g2);
  CHECK(wrong(lstm_sequence(x, weight_ih, weight_hh, bias_ih, bias_hh), {2, 1, 1}, {h1, h2}) == "");
}

}  // namespace espalier::test
