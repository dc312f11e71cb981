// Kernels that forecasts go through treat the columns of a batch alike: what comes out for one is
// the same to the bit with others beside it, at any place among them, and alone.

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/kernels/kernels.h"
#include "core/live_weights.h"
#include "core/random.h"

namespace espalier {

namespace {

std::vector<real> random_values(std::size_t count, std::uint64_t seed) {
  std::vector<real> values(count);
  fill_uniform(RandomKey(seed), -2, 2, values);
  return values;
}

/// From x [rows_in, n] to y [rows_out, n].
struct ColumnKernel {
  std::string name;
  std::size_t rows_in, rows_out;
  std::function<void(const KernelTable&, std::size_t n, const real* x, real* y)> run;
};

constexpr std::size_t rows = 23, depth = 300;
constexpr std::size_t head = 5, tokens = 70;

std::vector<ColumnKernel> column_kernels() {
  static const std::vector<real> w = random_values(rows * depth, 1);
  static const std::vector<real> bias = random_values(depth, 2);
  static const LiveWeights live = [] {
    std::vector<std::uint8_t> mask(rows * depth);
    fill_keep_mask(RandomKey(3), 0.7, mask);
    LiveWeights weights(rows, depth);
    weights.assign(mask);
    return weights;
  }();
  static const std::vector<real> packed = random_values(live.count(), 4);
  const auto elementwise = [](const char* name, auto kernel) {
    return ColumnKernel{name, rows, rows,
                        [kernel](const KernelTable& table, std::size_t n, const real* x, real* y) {
                          (table.*kernel)(rows * n, x, y);
                        }};
  };
  return {
      elementwise("exp", &KernelTable::exp),
      elementwise("tanh", &KernelTable::tanh),
      elementwise("sigmoid", &KernelTable::sigmoid),
      elementwise("relu", &KernelTable::relu),
      elementwise("gelu", &KernelTable::gelu),
      {"softmax", rows, rows,
       [](const KernelTable& table, std::size_t n, const real* x, real* y) {
         table.softmax(rows, n, x, y);
       }},
      {"layer_norm", rows, rows,
       [](const KernelTable& table, std::size_t n, const real* x, real* y) {
         std::vector<real> normalised(rows * n), inverse(n);
         table.layer_norm(rows, n, x, w.data(), bias.data(), real{1e-5F}, normalised.data(),
                          inverse.data(), y);
       }},
      {"dense_multiply", depth, rows,
       [](const KernelTable& table, std::size_t n, const real* x, real* y) {
         table.dense_multiply(rows, depth, n, w.data(), x, bias.data(), y);
       }},
      {"sparse_multiply", depth, rows,
       [](const KernelTable& table, std::size_t n, const real* x, real* y) {
         table.sparse_multiply(live.by_rows(), packed.data(), n, x, bias.data(), y);
       }},
      {"lstm_cell_forward", 5 * rows, 3 * rows,
       [](const KernelTable& table, std::size_t n, const real* x, real* y) {
         std::vector<real> gates(x, x + 4 * rows * n);
         const std::size_t state = rows * n;
         table.lstm_cell_forward(state, gates.data(), x + 4 * state, y, y + state, y + 2 * state);
       }},
      {"compare_tokens", 2 * head * tokens, tokens * tokens,
       [](const KernelTable& table, std::size_t n, const real* x, real* y) {
         table.compare_tokens(head, tokens, n, real{0.3F}, x, x + head * tokens * n, 0, y);
       }},
      {"mix_tokens", (tokens + head) * tokens, head * tokens,
       [](const KernelTable& table, std::size_t n, const real* x, real* y) {
         table.mix_tokens(head, tokens, n, real{0.7F}, x, tokens * n, n, x + tokens * tokens * n, 0,
                          y);
       }},
  };
}

/// Columns begin … begin + count of x [rows, n].
std::vector<real> columns_of(const std::vector<real>& x, std::size_t n, std::size_t begin,
                             std::size_t count) {
  std::vector<real> part;
  part.reserve(x.size() / n * count);
  for (std::size_t row = 0; row < x.size() / n; ++row) {
    const real* from = x.data() + row * n + begin;
    part.insert(part.end(), from, from + count);
  }
  return part;
}

}  // namespace

TEST_CASE("no column depends on those beside it") {
  constexpr std::size_t n = 70;
  for (const ColumnKernel& kernel : column_kernels()) {
    CAPTURE(kernel.name);
    const std::vector<real> x = random_values(kernel.rows_in * n, 7);
    for (const KernelTable* table : runnable_kernels()) {
      CAPTURE(table->instruction_set);
      std::vector<real> together(kernel.rows_out * n);
      kernel.run(*table, n, x.data(), together.data());
      for (const std::size_t begin : std::vector<std::size_t>{0, 13, 64}) {
        for (const std::size_t count : std::vector<std::size_t>{1, 2, 3, 6}) {
          CAPTURE(begin);
          CAPTURE(count);
          const std::vector<real> part = columns_of(x, n, begin, count);
          std::vector<real> alone(kernel.rows_out * count);
          kernel.run(*table, count, part.data(), alone.data());
          const std::vector<real> expected = columns_of(together, n, begin, count);
          CHECK(std::memcmp(alone.data(), expected.data(), alone.size() * sizeof(real)) == 0);
        }
      }
    }
  }
}

}  // namespace espalier
