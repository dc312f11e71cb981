#include <algorithm>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

/// y = x₁ above x₂ above …;  dxₖ += its rows of dy
struct Concat final : Node {
  void backward() override {
    const real* from = grad.data;
    for (const Var input : inputs) {
      const std::int64_t size = input.value().size();
      if (input.needs_grad()) {
        const Tensor dx = input.grad();
        for (std::int64_t i = 0; i < size; ++i) dx[i] += from[i];
      }
      from += size;
    }
  }
};

Var join(const char* op, std::span<const Var> parts, const Shape& shape) {
  Tape& tape = parts.front().tape();
  Concat& node = tape.record<Concat>(op, parts, shape);
  real* to = node.value.data;
  for (const Var part : parts) to = std::ranges::copy(part.value().span(), to).out;
  return tape.last();
}

}  // namespace

Var concat(std::span<const Var> parts) {
  if (parts.empty()) fail("concat", "there is nothing to join");
  std::int64_t rows = 0;
  for (const Var part : parts) {
    if (part.shape().rank() < 1 || part.shape().inner() != parts.front().shape().inner()) {
      fail("concat", "parts have shapes " + parts.front().shape().text() + " and " +
                         part.shape().text() +
                         ", expected them to differ in the outermost axis only");
    }
    rows += part.shape()[0];
  }
  return join("concat", parts, parts.front().shape().inner().prepend(rows));
}

Var stack(std::span<const Var> parts) {
  if (parts.empty()) fail("stack", "there is nothing to join");
  for (const Var part : parts) check_same_shape("stack", parts.front(), part);
  if (parts.front().shape().rank() == Shape::max_rank) {
    fail("stack", "parts have shape " + parts.front().shape().text() + ", expected at most 3 axes");
  }
  return join("stack", parts, parts.front().shape().prepend(std::ssize(parts)));
}

}  // namespace espalier
