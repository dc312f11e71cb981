// The transformer's kernels, in every table this CPU can run, against plain loops in double.

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "core/kernels/kernels.h"
#include "tests/support/array.h"

namespace espalier::test {

namespace {

constexpr double tolerance = 3e-6;

using Doubles = std::vector<double>;

std::vector<real> random_values(std::size_t count, std::uint64_t seed, double range = 2) {
  std::vector<real> values(count);
  fill_uniform(RandomKey(seed), -range, range, values);
  return values;
}

Doubles in_double(const std::vector<real>& values) {
  return {values.begin(), values.end()};
}

double normal_distribution(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

double gelu_slope(double x) {
  const double density = std::exp(-0.5 * x * x) / std::sqrt(2 * 3.14159265358979323846);
  return normal_distribution(x) + x * density;
}

struct Columns {
  std::size_t rows, columns;
};
constexpr Columns sizes[]{{1, 1}, {5, 3}, {4, 64}, {3, 65}, {7, 200}};

}  // namespace

TEST_CASE("gelu keeps the error bound that kernels.h states, and its slope is right") {
  std::vector<real> x;
  for (int i = -120'000; i <= 120'000; ++i) x.push_back(static_cast<real>(i * 1e-4));
  const std::vector<real> dy = random_values(x.size(), 1);
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    std::vector<real> y(x.size());
    std::vector<real> dx(x.size(), real{1});
    table->gelu(x.size(), x.data(), y.data());
    table->gelu_backward(x.size(), x.data(), dy.data(), dx.data());
    Doubles slopes;
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = x[i] * normal_distribution(x[i]);
      worst = std::max(worst, std::abs(y[i] - exact) / std::max(1.0, std::abs(double{x[i]})));
      slopes.push_back(1 + dy[i] * gelu_slope(x[i]));
    }
    CHECK(worst < 4e-7);
    CHECK(difference(dx, slopes, tolerance) == "");
  }
}

TEST_CASE("softmax and its gradient equal plain loops, for large numbers too") {
  for (const Columns& size : sizes) {
    CAPTURE(size.columns);
    const std::size_t count = size.rows * size.columns;
    std::vector<real> x = random_values(count, 2, 50);
    x.front() = 1e30F;
    const std::vector<real> dy = random_values(count, 3);
    Doubles expected(count);
    Doubles slopes(count);
    for (std::size_t c = 0; c < size.columns; ++c) {
      double largest = x[c];
      for (std::size_t r = 1; r < size.rows; ++r) {
        largest = std::max<double>(largest, x[r * size.columns + c]);
      }
      double sum = 0;
      double along = 0;
      for (std::size_t i = c; i < count; i += size.columns) sum += std::exp(x[i] - largest);
      for (std::size_t i = c; i < count; i += size.columns) {
        expected[i] = std::exp(x[i] - largest) / sum;
        along += dy[i] * expected[i];
      }
      for (std::size_t i = c; i < count; i += size.columns) {
        slopes[i] = 0.5 + expected[i] * (dy[i] - along);
      }
    }
    for (const KernelTable* table : runnable_kernels()) {
      CAPTURE(table->instruction_set);
      std::vector<real> y = x;
      table->softmax(size.rows, size.columns, y.data(), y.data());
      CHECK(difference(y, expected, tolerance) == "");
      std::vector<real> dx(count, real{0.5});
      table->softmax_backward(size.rows, size.columns, y.data(), dy.data(), dx.data());
      CHECK(difference(dx, slopes, tolerance) == "");
    }
  }
}

TEST_CASE("layer_norm and its gradient equal plain loops") {
  constexpr double epsilon = 1e-2;
  for (const Columns& size : sizes) {
    CAPTURE(size.columns);
    const std::size_t count = size.rows * size.columns;
    const auto n = static_cast<double>(size.rows);
    const std::vector<real> x = random_values(count, 4, 3);
    const std::vector<real> dy = random_values(count, 5);
    const std::vector<real> gain = random_values(size.rows, 6);
    const std::vector<real> bias = random_values(size.rows, 7);
    Doubles expected(count);
    Doubles slopes(count);
    for (std::size_t c = 0; c < size.columns; ++c) {
      const auto at = [&](std::size_t r) { return r * size.columns + c; };
      double mean = 0;
      double variance = 0;
      for (std::size_t r = 0; r < size.rows; ++r) mean += x[at(r)] / n;
      for (std::size_t r = 0; r < size.rows; ++r) variance += std::pow(x[at(r)] - mean, 2) / n;
      const double inverse = 1 / std::sqrt(variance + epsilon);
      double mean_d = 0;
      double mean_along = 0;
      for (std::size_t r = 0; r < size.rows; ++r) {
        const double d = dy[at(r)] * gain[r];
        mean_d += d / n;
        mean_along += d * (x[at(r)] - mean) * inverse / n;
      }
      for (std::size_t r = 0; r < size.rows; ++r) {
        const double normalised = (x[at(r)] - mean) * inverse;
        expected[at(r)] = gain[r] * normalised + bias[r];
        slopes[at(r)] = 0.25 + (dy[at(r)] * gain[r] - mean_d - normalised * mean_along) * inverse;
      }
    }
    for (const KernelTable* table : runnable_kernels()) {
      CAPTURE(table->instruction_set);
      std::vector<real> y(count);
      std::vector<real> normalised(count);
      std::vector<real> inverse(size.columns);
      table->layer_norm(size.rows, size.columns, x.data(), gain.data(), bias.data(),
                        static_cast<real>(epsilon), normalised.data(), inverse.data(), y.data());
      CHECK(difference(y, expected, tolerance) == "");
      std::vector<real> dx(count, real{0.25});
      std::vector<real> sums(2 * size.columns);
      table->layer_norm_backward(size.rows, size.columns, normalised.data(), inverse.data(),
                                 gain.data(), dy.data(), sums.data(), dx.data());
      CHECK(difference(dx, slopes, tolerance) == "");
    }
  }
}

TEST_CASE("the products of attention equal plain loops, whatever the batch and the strides") {
  constexpr std::size_t features = 3;
  constexpr std::size_t tokens = 4;
  for (const std::size_t batch : {1U, 2U, 31U, 32U, 33U, 70U}) {
    CAPTURE(batch);
    const std::size_t plane = tokens * batch;
    const Doubles a = in_double(random_values(features * plane, 8));
    const Doubles c = in_double(random_values(features * plane, 9));
    const std::vector<real> a_real(a.begin(), a.end());
    const std::vector<real> c_real(c.begin(), c.end());
    for (const double beta : {0.0, 1.0}) {
      Doubles scores(tokens * plane, 0);
      Doubles mixed(features * plane, 0);
      for (std::size_t n = 0; n < tokens; ++n) {
        for (std::size_t m = 0; m < tokens; ++m) {
          for (std::size_t b = 0; b < batch; ++b) {
            double& score = scores[n * plane + m * batch + b];
            score = beta * 7;
            for (std::size_t f = 0; f < features; ++f) {
              score += 0.5 * a[f * plane + n * batch + b] * c[f * plane + m * batch + b];
            }
          }
        }
      }
      for (const KernelTable* table : runnable_kernels()) {
        CAPTURE(table->instruction_set);
        std::vector<real> s(tokens * plane, real{7});
        table->compare_tokens(features, tokens, batch, real{0.5}, a_real.data(), c_real.data(),
                              static_cast<real>(beta), s.data());
        CHECK(difference(s, scores, tolerance) == "");
        for (const bool transposed : {false, true}) {
          const std::size_t stride_n = transposed ? batch : plane;
          const std::size_t stride_m = transposed ? plane : batch;
          for (std::size_t i = 0; i < mixed.size(); ++i) {
            const std::size_t f = i / plane;
            const std::size_t n = i % plane / batch;
            const std::size_t b = i % batch;
            mixed[i] = beta * 7;
            for (std::size_t m = 0; m < tokens; ++m) {
              mixed[i] += 2.0 * s[n * stride_n + m * stride_m + b] * c[f * plane + m * batch + b];
            }
          }
          std::vector<real> out(features * plane, real{7});
          table->mix_tokens(features, tokens, batch, real{2}, s.data(), stride_n, stride_m,
                            c_real.data(), static_cast<real>(beta), out.data());
          CHECK(difference(out, mixed, tolerance) == "");
        }
      }
    }
  }
}

}  // namespace espalier::test
