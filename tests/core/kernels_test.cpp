// Every table of kernels this CPU can run, against the C library in double.

#include "core/kernels/kernels.h"

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/array.h"

namespace espalier::test {

namespace {

using Function = void (*)(std::size_t, const real*, real*);

// Where sigmoid ends; a little above the smallest normal float.
constexpr double smallest = 1.23e-38;
constexpr double largest = std::numeric_limits<real>::max();
constexpr real infinity = std::numeric_limits<real>::infinity();
constexpr real nan = std::numeric_limits<real>::quiet_NaN();

double sigmoid_in_double(double x) {
  return 1 / (1 + std::exp(-x));
}

/// Floats of every exponent and sign, denormals and infinities included: one bit pattern in 4099.
const std::vector<real>& dense_sweep() {
  static const std::vector<real> sweep = [] {
    std::vector<real> values{real{0}, -real{0}, infinity, -infinity};
    for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 4099) {
      const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
      if (!std::isnan(value)) values.push_back(static_cast<real>(value));
    }
    // Where the functions bend and where they leave the range of float.
    for (int i = -180'000; i <= 180'000; ++i) values.push_back(static_cast<real>(i * 5e-4));
    return values;
  }();
  return sweep;
}

/// Empty if the kernel's relative error stays below `bound`; results beyond the range of normal
/// floats may flush to 0 or infinity.
std::string inaccuracy(Function kernel, double (*exact)(double), double bound) {
  const std::vector<real>& x = dense_sweep();
  std::vector<real> y(x.size());
  kernel(x.size(), x.data(), y.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = exact(x[i]);
    const double found = y[i];
    const bool denormal = std::abs(expected) < smallest;
    const bool fits = expected > largest ? std::isinf(found)
                      : denormal         ? std::abs(found - expected) <= smallest
                                         : std::abs(found - expected) <= bound * std::abs(expected);
    if (fits) continue;
    std::ostringstream text;
    text.precision(12);
    text << "at " << x[i] << ": " << found << " found, " << expected << " expected";
    return text.str();
  }
  return "";
}

real one(Function kernel, real x) {
  real y = -1;
  kernel(1, &x, &y);
  return y;
}

/// Results for x as one array of n, in place, equal those element by element.
bool lengths_agree(Function kernel) {
  for (const std::size_t n : {0U, 1U, 3U, 8U, 15U, 16U, 17U, 33U, 100U}) {
    std::vector<real> x(n + 1);
    fill_uniform(RandomKey(n), -5, 5, x);
    std::vector<real> expected = x;
    for (std::size_t i = 0; i < n; ++i) expected[i] = one(kernel, x[i]);
    kernel(n, x.data(), x.data());
    if (!difference(x, expected, 1e-6).empty() || x[n] != expected[n]) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("there is a plain table, and the one in use is the last that can run") {
  REQUIRE(!runnable_kernels().empty());
  CHECK(std::string(runnable_kernels().front()->instruction_set) == "baseline");
  CHECK(&kernels() == runnable_kernels().back());
}

TEST_CASE("exp, tanh and sigmoid keep the error bounds that kernels.h states") {
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    CHECK(inaccuracy(table->exp, std::exp, 1e-7) == "");
    CHECK(inaccuracy(table->tanh, std::tanh, 4e-7) == "");
    CHECK(inaccuracy(table->sigmoid, sigmoid_in_double, 1.6e-7) == "");
  }
}

TEST_CASE("the sweep sees an error a little over the bound") {
  const Function off = [](std::size_t n, const real* x, real* y) {
    for (std::size_t i = 0; i < n; ++i) {
      const double slightly = x[i] > 1 && x[i] < 1.01 ? 1 + 6e-7 : 1;
      y[i] = static_cast<real>(std::tanh(static_cast<double>(x[i])) * slightly);
    }
  };
  CHECK(inaccuracy(off, std::tanh, 4e-7).starts_with("at 1"));
}

TEST_CASE("exp, tanh and sigmoid at the ends of the number line") {
  const auto denormal = std::numeric_limits<real>::denorm_min();
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    CHECK(one(table->exp, 0) == 1);
    CHECK(one(table->exp, -real{0}) == 1);
    CHECK(one(table->exp, denormal) == 1);
    CHECK(one(table->exp, infinity) == infinity);
    CHECK(one(table->exp, -infinity) == 0);
    CHECK(one(table->exp, real(88.7228)) < infinity);
    CHECK(one(table->exp, real(88.7229)) == infinity);
    CHECK(one(table->exp, real(-87.3365)) > 0);
    CHECK(one(table->exp, real(-104)) == 0);
    CHECK(std::isnan(one(table->exp, nan)));
    CHECK(std::isnan(one(table->exp, -nan)));

    CHECK(one(table->tanh, 0) == 0);
    CHECK(!std::signbit(one(table->tanh, 0)));
    CHECK(std::signbit(one(table->tanh, -real{0})));
    CHECK(one(table->tanh, denormal) == denormal);
    CHECK(one(table->tanh, -denormal) == -denormal);
    CHECK(one(table->tanh, infinity) == 1);
    CHECK(one(table->tanh, -infinity) == -1);
    CHECK(std::isnan(one(table->tanh, nan)));

    CHECK(one(table->sigmoid, 0) == real(0.5));
    CHECK(one(table->sigmoid, -real{0}) == real(0.5));
    CHECK(one(table->sigmoid, infinity) == 1);
    CHECK(one(table->sigmoid, -infinity) < smallest);
    CHECK(std::isnan(one(table->sigmoid, nan)));
  }
}

TEST_CASE("any length works, in place too, and nothing past the end is written") {
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    CHECK(lengths_agree(table->exp));
    CHECK(lengths_agree(table->tanh));
    CHECK(lengths_agree(table->sigmoid));
  }
}

}  // namespace espalier::test
