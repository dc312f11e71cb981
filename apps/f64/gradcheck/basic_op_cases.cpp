#include <cstdint>

#include "apps/f64/gradcheck/op_case.h"
#include "core/ops.h"

namespace espalier {

namespace {

using Cases = std::vector<GradientCase>;

/// Of one argument, element by element. 35 elements: no multiple of what a register holds.
Cases elementwise() {
  static const std::vector<std::uint8_t> keep{1, 0, 1, 1, 0, 1};
  const Shape odd{5, 7};
  return {
      op_case("scale", "", {{"x", odd}}, [](Vars v) { return scale(v[0], -2.5); }),
      op_case("exp", "", {{"x", odd}}, [](Vars v) { return exp(v[0]); }),
      op_case("sigmoid", "", {{"x", odd}}, [](Vars v) { return sigmoid(v[0]); }),
      op_case("tanh", "", {{"x", odd}}, [](Vars v) { return tanh(v[0]); }),
      op_case("tanh", "one element", {{"x", {1}}}, [](Vars v) { return tanh(v[0]); }),
      op_case("relu", "", {{"x", odd, Range::nonzero}}, [](Vars v) { return relu(v[0]); }),
      op_case("gelu", "", {{"x", odd}}, [](Vars v) { return gelu(v[0]); }),
      op_case("sqrt", "", {{"x", odd, Range::positive}}, [](Vars v) { return sqrt(v[0], 0.5); }),
      op_case("softmax", "", {{"x", {4, 3}}}, [](Vars v) { return softmax(v[0]); }),
      op_case("softmax", "blocks", {{"x", {2, 3, 5, 2}}}, [](Vars v) { return softmax(v[0]); }),
      op_case("softmax", "wide", {{"x", {3, 17}}}, [](Vars v) { return softmax(v[0]); }),
      op_case("mask_scale", "", {{"x", {2, 3}}},
              [](Vars v) { return mask_scale(v[0], keep, 1.25); }),
  };
}

/// Of two arguments: of equal shapes, with b repeated, and with the same value on both sides.
Cases binary(const char* name, Var (*op)(Var, Var), Range of_b = Range::any) {
  const auto both = [op](Vars v) { return op(v[0], v[1]); };
  return {
      op_case(name, "", {{"a", {3, 5}}, {"b", {3, 5}, of_b}}, both),
      op_case(name, "b repeated", {{"a", {4, 2, 3}}, {"b", {2, 3}, of_b}}, both),
      op_case(name, "b of one axis", {{"a", {4, 2, 3}}, {"b", {3}, of_b}}, both),
      op_case(name, "one element", {{"a", {1}}, {"b", {1}, of_b}}, both),
  };
}

Cases shapes() {
  static const std::vector<std::int64_t> chosen{2, 0, 2};
  return {
      op_case("reshape", "", {{"x", {2, 3}}},
              [](Vars v) {
                return reshape(v[0], {3, 2, 1});
              }),
      op_case("slice", "", {{"x", {4, 3}}}, [](Vars v) { return slice(v[0], 1, 3); }),
      op_case("select", "", {{"x", {4, 3, 2}}}, [](Vars v) { return select(v[0], 3); }),
      op_case("select", "of one axis", {{"x", {5}}}, [](Vars v) { return select(v[0], 0); }),
      op_case("concat", "", {{"first", {1, 3}}, {"second", {2, 3}}, {"third", {4, 3}}},
              [](Vars v) { return concat(v); }),
      op_case("stack", "", {{"first", {2, 3}}, {"second", {2, 3}}},
              [](Vars v) { return stack(v); }),
      op_case("stack", "the same twice", {{"x", {2}}},
              [](Vars v) {
                const std::vector<Var> twice{v[0], v[0]};
                return stack(twice);
              }),
      op_case("repeat", "", {{"x", {3}}}, [](Vars v) { return repeat(v[0], 5); }),
      op_case("moving_average", "", {{"x", {6, 2}}},
              [](Vars v) { return moving_average(v[0], 5); }),
      op_case("moving_average", "longer than x", {{"x", {2, 2}}},
              [](Vars v) { return moving_average(v[0], 7); }),
      op_case("repeat_rows", "", {{"x", {3, 2}}}, [](Vars v) { return repeat_rows(v[0], 3); }),
      op_case("transpose", "", {{"x", {3, 2}}}, [](Vars v) { return transpose(v[0]); }),
      op_case("select_features", "one of them twice", {{"x", {2, 3, 2}}},
              [](Vars v) { return select_features(v[0], chosen); }),
      op_case("sort_rows", "", {{"x", {5, 3, 2}}}, [](Vars v) { return sort_rows(v[0]); }),
      op_case("sort_rows", "of one axis", {{"x", {9}}}, [](Vars v) { return sort_rows(v[0]); }),
  };
}

/// The prediction clear of the target by 0.1 or more: the loss has a kink there.
GradientCase mae_case() {
  GradientCase made =
      op_case("mae_loss", "", {{"prediction", {3, 4}, Range::nonzero}, {"target", {3, 4}}},
              [](Vars v) { return mae_loss(v[0], v[1]); });
  std::vector<real>& prediction = made.inputs[0].elements;
  for (std::size_t i = 0; i < prediction.size(); ++i) prediction[i] += made.inputs[1].elements[i];
  return made;
}

/// As mae_case, two levels of three rows.
GradientCase pinball_case() {
  static const std::vector<double> levels{0.1, 0.75};
  GradientCase made =
      op_case("pinball_loss", "", {{"prediction", {6, 4}, Range::nonzero}, {"target", {3, 4}}},
              [](Vars v) { return pinball_loss(v[0], v[1], levels); });
  std::vector<real>& prediction = made.inputs[0].elements;
  const std::vector<real>& target = made.inputs[1].elements;
  for (std::size_t i = 0; i < prediction.size(); ++i) prediction[i] += target[i % target.size()];
  return made;
}

Cases reductions() {
  return {
      op_case("sum", "", {{"x", {3, 4}}}, [](Vars v) { return sum(v[0]); }),
      op_case("mean", "", {{"x", {3, 4}}}, [](Vars v) { return mean(v[0]); }),
      op_case("mean_rows", "", {{"x", {3, 2, 2}}}, [](Vars v) { return mean_rows(v[0]); }),
      op_case("mse_loss", "", {{"prediction", {3, 4}}, {"target", {3, 4}}},
              [](Vars v) { return mse_loss(v[0], v[1]); }),
      mae_case(),
      pinball_case(),
  };
}

Cases products() {
  const auto product = [](Vars v) { return matmul(v[0], v[1]); };
  return {
      op_case("matmul", "", {{"a", {3, 4}}, {"b", {4, 2}}}, product),
      op_case("matmul", "one element", {{"a", {1, 1}}, {"b", {1, 1}}}, product),
      op_case("matmul", "a squared", {{"a", {3, 3}}}, [](Vars v) { return matmul(v[0], v[0]); }),
      op_case("add_bias", "", {{"x", {3, 4}}, {"bias", {3}}},
              [](Vars v) { return add_bias(v[0], v[1]); }),
      op_case("add_bias", "one sample", {{"x", {3}}, {"bias", {3}}},
              [](Vars v) { return add_bias(v[0], v[1]); }),
  };
}

}  // namespace

std::vector<GradientCase> basic_op_cases() {
  Cases all;
  for (const Cases& part :
       {binary("add", add), binary("sub", sub), binary("mul", mul),
        binary("div", div, Range::nonzero), elementwise(), shapes(), reductions(), products()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  all.push_back(op_case("mul", "a squared", {{"a", {3}}}, [](Vars v) { return mul(v[0], v[0]); }));
  return all;
}

}  // namespace espalier
