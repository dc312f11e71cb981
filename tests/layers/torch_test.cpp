// Against numbers from PyTorch, in float. The same comparison in double stands in
// tests/gradients/torch_test.cpp.

#include <doctest/doctest.h>

#include "tests/support/torch_layers.h"

namespace espalier::test {

namespace {
constexpr double tolerance = 1e-5;
}

TEST_CASE("Linear computes PyTorch's values and gradients") {
  check_linear_against_torch(tolerance);
}

TEST_CASE("Lstm, Gru and Rnn compute PyTorch's values and gradients") {
  check_recurrent_layers_against_torch(tolerance);
}

TEST_CASE("losses compute PyTorch's values and gradients") {
  check_loss_against_torch("mse_loss", mse_loss, tolerance);
  check_loss_against_torch("l1_loss", mae_loss, tolerance);
  check_pinball_loss_against_torch(tolerance);
}

TEST_CASE("sort_rows computes PyTorch's values and gradients") {
  check_sort_rows_against_torch(tolerance);
}

TEST_CASE("the comparison notices one wrong number") {
  check_comparison_notices_a_wrong_number(tolerance);
}

}  // namespace espalier::test
