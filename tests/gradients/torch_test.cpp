// Against numbers from PyTorch, in double. The same comparison in float stands in
// tests/layers/torch_test.cpp, tests/models/torch_test.cpp and tests/optim/torch_test.cpp.

#include <doctest/doctest.h>

#include "tests/support/torch_layers.h"
#include "tests/support/torch_optimizers.h"
#include "tests/support/torch_transformer.h"

namespace espalier::test {

namespace {
constexpr double tolerance = 1e-10;
}

TEST_CASE("Linear computes PyTorch's values and gradients") {
  check_linear_against_torch(tolerance);
}

TEST_CASE("Lstm, Gru and Rnn compute PyTorch's values and gradients") {
  check_recurrent_layers_against_torch(tolerance);
}

TEST_CASE("LayerNorm, attention and transformer layers compute PyTorch's values and gradients") {
  check_layer_norm_against_torch(tolerance);
  check_attention_against_torch(tolerance);
  check_encoder_layer_against_torch(tolerance);
}

TEST_CASE("RevIn and both patch transformers compute PyTorch's values and gradients") {
  check_rev_in_against_torch(tolerance);
  check_patch_transformer_against_torch(tolerance);
}

TEST_CASE("losses compute PyTorch's values and gradients") {
  check_loss_against_torch("mse_loss", mse_loss, tolerance);
  check_loss_against_torch("l1_loss", mae_loss, tolerance);
  check_pinball_loss_against_torch(tolerance);
}

TEST_CASE("sort_rows computes PyTorch's values and gradients") {
  check_sort_rows_against_torch(tolerance);
}

TEST_CASE("all optimizers, early and late, clipped, scheduled and not, agree with PyTorch") {
  for (const auto& [name, golden] : torch_optimizers().at("optimizers").at("cases").items()) {
    CAPTURE(name);
    CHECK(departure_from_torch(name, 1000, tolerance) == "");
  }
}

TEST_CASE("the comparison notices one wrong number") {
  check_comparison_notices_a_wrong_number(tolerance);
}

}  // namespace espalier::test
