#include <algorithm>
#include <string>

#include "core/ops.h"
#include "core/ops/check.h"

namespace espalier {

namespace {

struct Patches final : Node {
  std::int64_t stride = 1;
  std::int64_t count = 1;

  /// Calls `visit(in, out)` with the positions of each run of `batch` elements: row t, channel c
  /// of patch n is row n·stride + t of x, or x's last row where that lies beyond it.
  template <typename Visit>
  void for_each_run(Visit visit) const {
    const Shape& x = inputs[0].shape();
    const std::int64_t channels = x[1];
    const std::int64_t batch = x[2];
    const std::int64_t length = value.shape[0] / channels;
    for (std::int64_t t = 0; t < length; ++t) {
      for (std::int64_t c = 0; c < channels; ++c) {
        for (std::int64_t n = 0; n < count; ++n) {
          const std::int64_t row = std::min(n * stride + t, x[0] - 1);
          visit((row * channels + c) * batch, ((t * channels + c) * count + n) * batch);
        }
      }
    }
  }

  void backward() override {
    const Tensor dx = inputs[0].grad();
    const std::int64_t batch = inputs[0].shape()[2];
    for_each_run([&](std::int64_t in, std::int64_t out) {
      for (std::int64_t b = 0; b < batch; ++b) dx[in + b] += grad[out + b];
    });
  }
};

}  // namespace

Var patches(Var x, std::int64_t length, std::int64_t stride, std::int64_t count) {
  check_rank("patches", "x", x, 3);
  if (length < 1 || stride < 1 || count < 1) {
    fail("patches", std::to_string(count) + " patches of " + std::to_string(length) +
                        " rows every " + std::to_string(stride) +
                        " rows, expected numbers of 1 or more");
  }
  const std::int64_t batch = x.shape()[2];
  Patches& node = x.tape().record<Patches>("patches", {x}, {length * x.shape()[1], count * batch});
  node.stride = stride;
  node.count = count;
  const real* from = x.value().data;
  node.for_each_run([&](std::int64_t in, std::int64_t out) {
    std::copy_n(from + in, batch, node.value.data + out);
  });
  return x.tape().last();
}

}  // namespace espalier
