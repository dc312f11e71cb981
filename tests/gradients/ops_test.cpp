// What holds for every op besides its gradients being right, which gradcheck_test.cpp sees to.

#include "core/ops.h"

#include <algorithm>
#include <iterator>

#include <doctest/doctest.h>

#include "apps/f64/gradcheck/gradient_case.h"
#include "tests/gradients/gradient_check.h"

namespace espalier::test {

namespace {

std::vector<GradientCase> op_cases() {
  std::vector<GradientCase> all = basic_op_cases();
  std::ranges::move(fused_op_cases(), std::back_inserter(all));
  return all;
}

}  // namespace

TEST_CASE("an op adds to gradients and never overwrites them") {
  for (GradientCase& op : op_cases()) {
    INFO(op.name, " ", op.form);
    const auto once = op.compute;
    op.compute = [once](Tape& tape, std::span<const Var> v) {
      return add(once(tape, v), once(tape, v));
    };
    CHECK(compare_gradients(differentiate(op), case_differences(op)).problem() == "");
  }
}

TEST_CASE("no op writes into its inputs") {
  for (GradientCase& op : op_cases()) {
    INFO(op.name, " ", op.form);
    const std::vector<CaseInput> before = op.inputs;
    differentiate(op);
    for (std::size_t k = 0; k < before.size(); ++k) {
      CHECK(op.inputs[k].elements == before[k].elements);
    }
  }
}

}  // namespace espalier::test
