// Attention and layer normalisation, fused, against twins composed of basic ops.

#include <cmath>

#include <doctest/doctest.h>

#include "tests/gradients/twins.h"

namespace espalier::test {

namespace {

/// A constant matrix [rows, columns] with ones at (to + i, from + i·step), i < count.
Var selector(Tape& tape, const Shape& shape, std::int64_t to, std::int64_t from, std::int64_t step,
             std::int64_t count) {
  const Tensor matrix = tape.arena().allocate(shape);
  std::ranges::fill(matrix.span(), real{0});
  for (std::int64_t i = 0; i < count; ++i) matrix[(to + i) * shape[1] + from + i * step] = 1;
  return tape.constant(matrix);
}

struct AttentionCase {
  std::int64_t heads, head_size, tokens, batch;
};

/// Head by head and sample by sample: V·softmax(Kᵀ·Q/√d), put back where it belongs.
Var attention_of_basic_ops(Var qkv, const AttentionCase& size, bool scaled = true) {
  Tape& tape = qkv.tape();
  const std::int64_t embed = size.heads * size.head_size;
  const std::int64_t columns = size.tokens * size.batch;
  std::vector<Var> heads;
  for (std::int64_t h = 0; h < size.heads; ++h) {
    Var head;
    for (std::int64_t b = 0; b < size.batch; ++b) {
      const Var place = selector(tape, {size.tokens, columns}, 0, b, size.batch, size.tokens);
      const auto part = [&](std::int64_t block) {
        const std::int64_t from = block * embed + h * size.head_size;
        return matmul(slice(qkv, from, from + size.head_size), transpose(place));
      };
      const real factor = scaled ? 1 / std::sqrt(static_cast<real>(size.head_size)) : real{1};
      const Var weights = softmax(scale(matmul(transpose(part(1)), part(0)), factor));
      const Var sample = matmul(matmul(part(2), weights), place);
      head = b == 0 ? sample : add(head, sample);
    }
    heads.push_back(head);
  }
  return concat(heads);
}

Var fused_attention(Var qkv, const AttentionCase& size) {
  return attention_values(softmax(attention_scores(qkv, size.heads, size.tokens)), qkv);
}

Var layer_norm_of_basic_ops(Vars v, real epsilon) {
  const Var centred = sub(v[0], mean_rows(v[0]));
  const Var deviation = sqrt(mean_rows(mul(centred, centred)), epsilon);
  const std::int64_t batch = v[0].shape()[1];
  return add_bias(mul(div(centred, deviation), repeat(v[1], batch)), v[2]);
}

}  // namespace

TEST_CASE("attention agrees with attention of basic ops") {
  for (const AttentionCase& size :
       {AttentionCase{1, 1, 1, 1}, AttentionCase{2, 3, 4, 2}, AttentionCase{1, 4, 3, 5},
        AttentionCase{3, 2, 2, 33}, AttentionCase{2, 2, 3, 64}}) {
    CAPTURE(size.heads);
    CAPTURE(size.batch);
    const std::vector<Array> inputs{
        random_array({3 * size.heads * size.head_size, size.tokens * size.batch}, 1, -2, 2)};
    const auto fused = [&](Vars v) { return fused_attention(v[0], size); };
    CHECK(disagreement(inputs, fused, [&](Vars v) { return attention_of_basic_ops(v[0], size); }) ==
          "");
    if (size.head_size == 1) continue;
    CHECK(disagreement(inputs, fused,
                       [&](Vars v) { return attention_of_basic_ops(v[0], size, false); }) != "");
  }
}

TEST_CASE("layer_norm agrees with one of basic ops, and not with another epsilon") {
  for (const Shape& shape : {Shape{1, 1}, Shape{4, 3}, Shape{7, 1}, Shape{3, 70}}) {
    CAPTURE(shape.text());
    const std::vector<Array> inputs{random_array(shape, 1, -2, 2), random_array({shape[0]}, 2),
                                    random_array({shape[0]}, 3)};
    const auto fused = [](Vars v) { return layer_norm(v[0], v[1], v[2], 1e-5); };
    CHECK(disagreement(inputs, fused, [](Vars v) { return layer_norm_of_basic_ops(v, 1e-5); }) ==
          "");
    if (shape[0] == 1) continue;
    CHECK(disagreement(inputs, fused, [](Vars v) { return layer_norm_of_basic_ops(v, 1e-3); }) !=
          "");
  }
}

}  // namespace espalier::test
