// Products with whole matrices, in every table of kernels this CPU can run, against plain loops in
// double.

#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "core/kernels/kernels.h"
#include "tests/support/guarded.h"

namespace espalier::test {

namespace {

// Sums of up to 300 products of numbers below 1.
constexpr double tolerance = 1e-5;

// Below, at and above the heights and widths of a tile, and the depth of a block.
constexpr std::size_t heights[] = {1, 3, 4, 5, 6, 7, 13, 64, 65};
constexpr std::size_t depths[] = {1, 7, 64, 257, 300};
constexpr std::size_t widths[] = {1, 3, 7, 8, 9, 16, 17, 63, 64, 65, 130};

using Doubles = std::vector<double>;

/// `count` numbers, the same for the same seed. The vector has no room to spare, so that the
/// address sanitizer sees who reads past its end.
std::vector<real> some(std::size_t count, std::uint64_t seed) {
  static const std::vector<real> pool = random_array({70'000}, 1).elements;
  const auto begin = pool.begin() + static_cast<std::ptrdiff_t>(seed * 1009);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

/// Element (r, k) of the left matrix is at r·row_stride + k·depth_stride.
struct Product {
  std::size_t rows, depth, n, row_stride, depth_stride;
  std::vector<real> w = some(rows * depth, 1);
  std::vector<real> x = some(depth * n, 2);
  std::vector<real> bias = some(rows, 3);
  std::vector<real> before = some(rows * n, 4);

  /// w·x + bias, or + before.
  Doubles expected(bool with_bias) const {
    Doubles y;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t b = 0; b < n; ++b) {
        double sum = with_bias ? bias[r] : before[r * n + b];
        for (std::size_t k = 0; k < depth; ++k) {
          sum += double{w[r * row_stride + k * depth_stride]} * double{x[k * n + b]};
        }
        y.push_back(sum);
      }
    }
    return y;
  }
};

Product plain(std::size_t rows, std::size_t depth, std::size_t n) {
  return {rows, depth, n, depth, 1};
}

Product transposed(std::size_t rows, std::size_t depth, std::size_t n) {
  return {rows, depth, n, 1, rows};
}

template <typename Check>
void for_all_sizes(Check check) {
  for (const std::size_t rows : heights) {
    for (const std::size_t depth : depths) {
      for (const std::size_t n : widths) {
        INFO("rows ", rows, ", depth ", depth, ", columns ", n);
        check(rows, depth, n);
      }
    }
  }
}

}  // namespace

TEST_CASE("dense products equal plain loops, with a bias and on top of what is there") {
  for_all_sizes([](std::size_t rows, std::size_t depth, std::size_t n) {
    const Product product = plain(rows, depth, n);
    const Doubles with_bias = product.expected(true);
    const Doubles added = product.expected(false);
    for (const KernelTable* table : runnable_kernels()) {
      CAPTURE(table->instruction_set);
      Guarded y(product.before);
      table->dense_multiply(rows, depth, n, product.w.data(), product.x.data(), nullptr, y.data());
      CHECK(y.difference(added, tolerance) == "");
      table->dense_multiply(rows, depth, n, product.w.data(), product.x.data(), product.bias.data(),
                            y.data());
      CHECK(y.difference(with_bias, tolerance) == "");
    }
  });
}

TEST_CASE("dense products with a transposed matrix equal plain loops") {
  for_all_sizes([](std::size_t rows, std::size_t depth, std::size_t n) {
    const Product product = transposed(rows, depth, n);
    const Doubles expected = product.expected(false);
    for (const KernelTable* table : runnable_kernels()) {
      CAPTURE(table->instruction_set);
      Guarded y(product.before);
      table->dense_multiply_transposed(rows, depth, n, product.w.data(), product.x.data(),
                                       y.data());
      CHECK(y.difference(expected, tolerance) == "");
    }
  });
}

TEST_CASE("with a bias, what was there before doesn't matter, not even a NaN") {
  const Product product = plain(7, 300, 65);
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    Guarded y(std::vector<real>(7 * 65, std::numeric_limits<real>::quiet_NaN()));
    table->dense_multiply(7, 300, 65, product.w.data(), product.x.data(), product.bias.data(),
                          y.data());
    CHECK(y.difference(product.expected(true), tolerance) == "");
  }
}

TEST_CASE("sums run in one order whether operands are wide, and copied, or read in place") {
  const Product whole = plain(13, 300, 130);
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    std::vector<real> y(13 * 130);
    table->dense_multiply(13, 300, 130, whole.w.data(), whole.x.data(), whole.bias.data(),
                          y.data());
    std::vector<real> x;
    std::vector<real> expected;
    for (std::size_t k = 0; k < 300; ++k) {
      for (std::size_t b = 0; b < 64; ++b) x.push_back(whole.x[k * 130 + b]);
    }
    for (std::size_t r = 0; r < 13; ++r) {
      for (std::size_t b = 0; b < 64; ++b) expected.push_back(y[r * 130 + b]);
    }
    std::vector<real> narrow(13 * 64);
    table->dense_multiply(13, 300, 64, whole.w.data(), x.data(), whole.bias.data(), narrow.data());
    CHECK(difference(narrow, expected, 0) == "");
  }
}

TEST_CASE("a transpose moves every element, and leaves what fills up its rows alone") {
  for (const std::size_t rows : heights) {
    for (const std::size_t columns : widths) {
      for (const std::size_t stride : {rows, rows + 5}) {
        INFO("rows ", rows, ", columns ", columns, ", stride ", stride);
        const std::vector<real> x = some(rows * columns, 5);
        const std::vector<real> before = some(stride * columns, 6);
        std::vector<real> expected = before;
        for (std::size_t i = 0; i < rows * columns; ++i) {
          expected[i % columns * stride + i / columns] = x[i];
        }
        for (const KernelTable* table : runnable_kernels()) {
          CAPTURE(table->instruction_set);
          Guarded y(before);
          table->transpose(rows, columns, x.data(), stride, y.data());
          CHECK(y.difference(expected, 0) == "");
        }
      }
    }
  }
}

TEST_CASE("row sums equal plain loops, added to what is there") {
  for (const std::size_t rows : heights) {
    for (const std::size_t columns : widths) {
      INFO("rows ", rows, ", columns ", columns);
      const std::vector<real> x = some(rows * columns, 7);
      const std::vector<real> before = some(rows, 8);
      Doubles expected(before.begin(), before.end());
      for (std::size_t i = 0; i < rows * columns; ++i) expected[i / columns] += x[i];
      for (const KernelTable* table : runnable_kernels()) {
        CAPTURE(table->instruction_set);
        Guarded sums(before);
        table->row_sums(rows, columns, x.data(), sums.data());
        CHECK(sums.difference(expected, tolerance) == "");
      }
    }
  }
}

TEST_CASE("the comparison sees one wrong weight and one number too many") {
  Product product = plain(7, 257, 33);
  const Doubles expected = product.expected(true);
  // A seventh row, of 33, falls into the margin of a result that has room for six.
  const auto result = [&](std::size_t rows) {
    Guarded y(some(6 * 33, 4));
    kernels().dense_multiply(rows, 257, 33, product.w.data(), product.x.data(), product.bias.data(),
                             y.data());
    return y.difference(Doubles(expected.begin(), expected.begin() + 6 * 33), tolerance);
  };
  CHECK(result(6) == "");
  CHECK(result(7).find("past the end") != std::string::npos);
  product.w[256] += real{1} / 1024;
  CHECK(result(6).find("element") != std::string::npos);
}

}  // namespace espalier::test
