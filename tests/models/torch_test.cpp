// The transformer, its layers and the patch forecasters against numbers from PyTorch, in float. The
// same comparison in double stands in tests/gradients/torch_test.cpp.

#include "tests/support/torch_transformer.h"

namespace espalier::test {

namespace {
constexpr double tolerance = 2e-5;
}

TEST_CASE("LayerNorm computes PyTorch's values and gradients") {
  check_layer_norm_against_torch(tolerance);
}

TEST_CASE("MultiheadAttention computes PyTorch's values and gradients") {
  check_attention_against_torch(tolerance);
}

TEST_CASE("TransformerEncoderLayer, pre and post, computes PyTorch's values and gradients") {
  check_encoder_layer_against_torch(tolerance);
}

TEST_CASE("RevIn computes the values and gradients of its formulas in PyTorch") {
  check_rev_in_against_torch(tolerance);
}

TEST_CASE("both forms of the patch transformer compute PyTorch's values and gradients") {
  check_patch_transformer_against_torch(tolerance);
}

}  // namespace espalier::test
