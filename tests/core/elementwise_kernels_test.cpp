// The slopes of tanh and relu, and relu itself, in every table of kernels this CPU can run.

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "core/kernels/kernels.h"
#include "tests/support/guarded.h"

namespace espalier::test {

namespace {

constexpr real nan = std::numeric_limits<real>::quiet_NaN();
constexpr real infinity = std::numeric_limits<real>::infinity();

std::vector<real> some(std::size_t n, std::uint64_t seed) {
  return random_array({static_cast<std::int64_t>(n)}, seed).elements;
}

template <typename Check>
void for_all_lengths(Check check) {
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    for (const std::size_t n : {1U, 3U, 7U, 8U, 9U, 15U, 16U, 17U, 64U, 65U, 250U}) {
      CAPTURE(n);
      check(*table, n, some(n, 1), some(n, 2), some(n, 3));
    }
  }
}

using Values = std::vector<real>;

}  // namespace

TEST_CASE("the slope of tanh is added to what is there") {
  for_all_lengths([](const KernelTable& table, std::size_t n, const Values& y, const Values& dy,
                     const Values& before) {
    std::vector<double> expected;
    for (std::size_t i = 0; i < n; ++i) {
      expected.push_back(before[i] + dy[i] * (1 - double{y[i]} * double{y[i]}));
    }
    Guarded dx(before);
    table.tanh_backward(n, y.data(), dy.data(), dx.data());
    CHECK(dx.difference(expected, 1e-6) == "");
  });
}

TEST_CASE("relu and its slope are exact, in place too") {
  for_all_lengths([](const KernelTable& table, std::size_t n, const Values& x, const Values& dy,
                     const Values& before) {
    std::vector<real> expected;
    std::vector<real> slopes;
    for (std::size_t i = 0; i < n; ++i) {
      expected.push_back(x[i] > 0 ? x[i] : real{0});
      slopes.push_back(x[i] > 0 ? before[i] + dy[i] : before[i]);
    }
    Guarded y(before);
    table.relu(n, x.data(), y.data());
    CHECK(y.difference(expected, 0) == "");
    Guarded in_place(x);
    table.relu(n, in_place.data(), in_place.data());
    CHECK(in_place.difference(expected, 0) == "");
    Guarded dx(before);
    table.relu_backward(n, y.data(), dy.data(), dx.data());
    CHECK(dx.difference(slopes, 0) == "");
  });
}

TEST_CASE("relu at 0, infinity and NaN: a NaN stays one, and only what is above 0 has a slope") {
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    // As many as fill a register of any instruction set, so that the vector loop runs as well.
    for (const std::size_t copies : {1U, 16U}) {
      std::vector<real> x;
      for (const real value : {real{0}, -real{0}, infinity, -infinity, nan}) {
        x.insert(x.end(), copies, value);
      }
      std::vector<real> y(x.size());
      std::vector<real> dx(x.size());
      const std::vector<real> dy(x.size(), real{1});
      table->relu(x.size(), x.data(), y.data());
      table->relu_backward(x.size(), y.data(), dy.data(), dx.data());
      for (std::size_t i = 0; i < copies; ++i) {
        CHECK(y[i] == 0);
        CHECK(y[copies + i] == 0);
        CHECK(y[2 * copies + i] == infinity);
        CHECK(y[3 * copies + i] == 0);
        CHECK(std::isnan(y[4 * copies + i]));
        CHECK(dx[i] == 0);
        CHECK(dx[2 * copies + i] == 1);
        CHECK(dx[3 * copies + i] == 0);
        CHECK(dx[4 * copies + i] == 0);
      }
    }
  }
}

}  // namespace espalier::test
