// Products with what is left of pruned matrices, in every table of kernels this CPU can run,
// against plain loops over the whole matrix in double.

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/kernels/kernels.h"
#include "tests/support/guarded.h"

namespace espalier::test {

namespace {

constexpr double tolerance = 1e-5;

using Doubles = std::vector<double>;

/// A matrix, part of which is dead, and its live weights line by line.
struct Pruned {
  std::size_t lines, length;
  std::vector<real> w;  // zeros where dead
  std::vector<bool> live;
  std::vector<std::uint32_t> begin{0};
  std::vector<std::uint32_t> across;
  std::vector<real> values;

  Pruned(std::size_t line_count, std::size_t line_length, double dead)
      : lines(line_count), length(line_length) {
    const Shape shape{static_cast<std::int64_t>(lines), static_cast<std::int64_t>(length)};
    w = random_array(shape, 1).elements;
    const std::vector<real> draws = random_array(shape, 2, 0, 1).elements;
    for (std::size_t i = 0; i < w.size(); ++i) {
      // The second line is empty, and so is the last.
      const bool empty = dead > 0 && (i / length == 1 || (lines > 1 && i / length == lines - 1));
      live.push_back(!empty && draws[i] >= dead);
      if (live[i]) across.push_back(static_cast<std::uint32_t>(i % length));
      if (live[i]) values.push_back(w[i]);
      if (!live[i]) w[i] = 0;
      if ((i + 1) % length == 0) begin.push_back(static_cast<std::uint32_t>(across.size()));
    }
  }

  CompressedLines compressed() const { return {lines, begin.data(), across.data()}; }
};

std::vector<real> some(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  const Shape shape{static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)};
  return random_array(shape, seed).elements;
}

/// w·x + bias, or + before where there is no bias.
Doubles product(const Pruned& weights, std::size_t batch, const std::vector<real>& x,
                const real* bias, const std::vector<real>& before) {
  Doubles y;
  for (std::size_t r = 0; r < weights.lines; ++r) {
    for (std::size_t b = 0; b < batch; ++b) {
      double sum = bias != nullptr ? bias[r] : before[r * batch + b];
      for (std::size_t k = 0; k < weights.length; ++k) {
        sum += double{weights.w[r * weights.length + k]} * double{x[k * batch + b]};
      }
      y.push_back(sum);
    }
  }
  return y;
}

/// Σ_batch dy·x of the live weights.
Doubles gradient(const Pruned& weights, std::size_t batch, const std::vector<real>& dy,
                 const std::vector<real>& x) {
  Doubles sums;
  for (std::size_t i = 0; i < weights.live.size(); ++i) {
    if (!weights.live[i]) continue;
    double sum = 0;
    for (std::size_t b = 0; b < batch; ++b) {
      sum += double{dy[i / weights.length * batch + b]} * double{x[i % weights.length * batch + b]};
    }
    sums.push_back(sum);
  }
  return sums;
}

/// Calls check(weights, batch) for matrices dense, sparse and all dead, with batches around one
/// register and one panel of each instruction set.
template <typename Check>
void for_all_cases(Check check) {
  for (const std::size_t lines : {1U, 3U, 7U, 64U, 65U}) {
    for (const std::size_t length : {1U, 7U, 64U}) {
      for (const double dead : {0.0, 0.5, 0.9, 1.0}) {
        const Pruned weights(lines, length, dead);
        for (const std::size_t batch : {1U, 3U, 7U, 8U, 9U, 16U, 17U, 63U, 64U, 65U, 130U}) {
          INFO(lines, " lines of ", length, ", ", dead, " dead, batch ", batch);
          check(weights, batch);
        }
      }
    }
  }
}

/// sparse_collect over two batches, the parts then summed.
std::string collect_problem(const KernelTable& table, const Pruned& weights, std::size_t batch) {
  const std::vector<real> dy = some(weights.lines, 2 * batch, 6);
  const std::vector<real> x = some(weights.length, 2 * batch, 7);
  const std::size_t count = weights.values.size();
  Guarded sums(std::vector<real>(count * table.lanes));
  Doubles expected(count);
  for (const std::size_t half : {0U, 1U}) {
    const auto part = [&](const std::vector<real>& all, std::size_t rows) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(half * rows * batch);
      return std::vector<real>(begin, begin + static_cast<std::ptrdiff_t>(rows * batch));
    };
    const std::vector<real> dy_part = part(dy, weights.lines);
    const std::vector<real> x_part = part(x, weights.length);
    table.sparse_collect(weights.compressed(), batch, dy_part.data(), x_part.data(), sums.data());
    const Doubles more = gradient(weights, batch, dy_part, x_part);
    for (std::size_t k = 0; k < count; ++k) expected[k] += more[k];
  }
  Guarded totals(std::vector<real>(count, real{99}));
  table.sum_lanes(count, sums.values().data(), totals.data());
  if (const std::string problem = sums.margin_problem(); !problem.empty()) return problem;
  return count == 0 ? totals.margin_problem() : totals.difference(expected, tolerance);
}

}  // namespace

TEST_CASE("sparse products equal those of the whole matrix, with a bias and without") {
  for_all_cases([](const Pruned& weights, std::size_t batch) {
    const std::vector<real> x = some(weights.length, batch, 3);
    const std::vector<real> bias = some(weights.lines, 1, 4);
    const std::vector<real> before = some(weights.lines, batch, 5);
    const Doubles with_bias = product(weights, batch, x, bias.data(), before);
    const Doubles added = product(weights, batch, x, nullptr, before);
    for (const KernelTable* table : runnable_kernels()) {
      CAPTURE(table->instruction_set);
      Guarded y(before);
      table->sparse_multiply(weights.compressed(), weights.values.data(), batch, x.data(), nullptr,
                             y.data());
      CHECK(y.difference(added, tolerance) == "");
      table->sparse_multiply(weights.compressed(), weights.values.data(), batch, x.data(),
                             bias.data(), y.data());
      CHECK(y.difference(with_bias, tolerance) == "");
    }
  });
}

TEST_CASE("the gradients of live weights add up over calls") {
  for_all_cases([](const Pruned& weights, std::size_t batch) {
    for (const KernelTable* table : runnable_kernels()) {
      CAPTURE(table->instruction_set);
      CHECK(collect_problem(*table, weights, batch) == "");
    }
  });
}

TEST_CASE("the cases do hold empty lines, and matrices with nothing left") {
  const Pruned weights(7, 64, 0.5);
  CHECK(weights.begin[1] == weights.begin[2]);
  CHECK(weights.begin[6] == weights.begin[7]);
  CHECK(weights.values.size() > 100);
  CHECK(weights.values.size() < 220);
  CHECK(Pruned(7, 64, 1).values.empty());
  CHECK(Pruned(7, 64, 0).values.size() == 7 * 64);
}

TEST_CASE("a live weight that is left out, or at the wrong place, is seen") {
  Pruned wrong(7, 64, 0.5);
  const std::vector<real> x = some(64, 65, 3);
  const std::vector<real> before = some(7, 65, 5);
  const Doubles expected = product(wrong, 65, x, nullptr, before);
  const auto seen = [&] {
    Guarded y(before);
    kernels().sparse_multiply(wrong.compressed(), wrong.values.data(), 65, x.data(), nullptr,
                              y.data());
    return y.difference(expected, tolerance) != "" && collect_problem(kernels(), wrong, 65) != "";
  };
  CHECK(!seen());
  CHECK(collect_problem(kernels(), wrong, 65) == "");
  std::swap(wrong.across[0], wrong.across[1]);
  CHECK(seen());
  std::swap(wrong.across[0], wrong.across[1]);
  --wrong.begin[7];
  --wrong.begin[6];
  CHECK(seen());
}

}  // namespace espalier::test
