// The LSTM cell and Adam, in every table of kernels, against plain scalar twins in double.

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "core/kernels/kernels.h"
#include "tests/support/array.h"

namespace espalier::test {

namespace {

constexpr double tolerance = 1e-6;
constexpr std::size_t lengths[] = {1, 7, 16, 33, 250};

std::vector<real> some(std::size_t n, std::uint64_t seed, double low, double high) {
  std::vector<real> values(n);
  fill_uniform(RandomKey(seed), low, high, values);
  return values;
}

double sigma(double x) {
  return 1 / (1 + std::exp(-x));
}

/// One cell, written as the textbook has it.
struct Cell {
  double i, f, g, o, c, tanh_c, h;

  Cell(double in_i, double in_f, double in_g, double in_o, double c_previous)
      : i(sigma(in_i)),
        f(sigma(in_f)),
        g(std::tanh(in_g)),
        o(sigma(in_o)),
        c(f * c_previous + i * g),
        tanh_c(std::tanh(c)),
        h(o * tanh_c) {}
};

struct Step {
  std::vector<real> gates, c, tanh_c, h;
};

Step forward(const KernelTable& table, std::size_t n, const std::vector<real>& pre,
             const real* c_previous) {
  Step step{pre, std::vector<real>(n), std::vector<real>(n), std::vector<real>(n)};
  table.lstm_cell_forward(n, step.gates.data(), c_previous, step.c.data(), step.tanh_c.data(),
                          step.h.data());
  return step;
}

std::vector<Cell> cells(std::size_t n, const std::vector<real>& pre, const real* c_previous) {
  std::vector<Cell> made;
  for (std::size_t j = 0; j < n; ++j) {
    made.emplace_back(pre[j], pre[n + j], pre[2 * n + j], pre[3 * n + j],
                      c_previous == nullptr ? 0.0 : static_cast<double>(c_previous[j]));
  }
  return made;
}

/// One member of every cell.
std::vector<double> column(const std::vector<Cell>& made, double Cell::*member) {
  std::vector<double> values;
  for (const Cell& cell : made) values.push_back(cell.*member);
  return values;
}

void check_forward(const KernelTable& table, std::size_t n, const real* c_previous) {
  const std::vector<real> pre = some(4 * n, 1, -4, 4);
  const Step step = forward(table, n, pre, c_previous);
  const std::vector<Cell> twin = cells(n, pre, c_previous);
  const auto gate = [&](std::size_t k) { return std::span(step.gates).subspan(k * n, n); };
  CHECK(difference(gate(0), column(twin, &Cell::i), tolerance) == "");
  CHECK(difference(gate(1), column(twin, &Cell::f), tolerance) == "");
  CHECK(difference(gate(2), column(twin, &Cell::g), tolerance) == "");
  CHECK(difference(gate(3), column(twin, &Cell::o), tolerance) == "");
  CHECK(difference(step.c, column(twin, &Cell::c), tolerance) == "");
  CHECK(difference(step.tanh_c, column(twin, &Cell::tanh_c), tolerance) == "");
  CHECK(difference(step.h, column(twin, &Cell::h), tolerance) == "");
}

void check_backward(const KernelTable& table, std::size_t n, const real* c_previous) {
  const std::vector<real> pre = some(4 * n, 2, -2, 2);
  const std::vector<real> dh = some(n, 3, -1, 1);
  const std::vector<real> dc_above = some(n, 4, -1, 1);
  const Step step = forward(table, n, pre, c_previous);
  std::vector<real> dc = dc_above;
  std::vector<real> d_gates(4 * n, real{99});
  table.lstm_cell_backward(n, step.gates.data(), c_previous, step.tanh_c.data(), dh.data(),
                           dc.data(), d_gates.data());

  const std::vector<Cell> twin = cells(n, pre, c_previous);
  std::vector<double> expected(4 * n);
  std::vector<double> expected_dc(n);
  for (std::size_t j = 0; j < n; ++j) {
    const Cell& cell = twin[j];
    const double before = c_previous == nullptr ? 0 : static_cast<double>(c_previous[j]);
    const double d_cell = dc_above[j] + dh[j] * cell.o * (1 - cell.tanh_c * cell.tanh_c);
    expected[j] = d_cell * cell.g * cell.i * (1 - cell.i);
    expected[n + j] = d_cell * before * cell.f * (1 - cell.f);
    expected[2 * n + j] = d_cell * cell.i * (1 - cell.g * cell.g);
    expected[3 * n + j] = dh[j] * cell.tanh_c * cell.o * (1 - cell.o);
    expected_dc[j] = d_cell * cell.f;
  }
  CHECK(difference(d_gates, expected, tolerance) == "");
  CHECK(difference(dc, expected_dc, tolerance) == "");
}

}  // namespace

TEST_CASE("the LSTM cell agrees with a scalar twin, with and without a previous state") {
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    for (const std::size_t n : lengths) {
      CAPTURE(n);
      const std::vector<real> c_previous = some(n, 5, -2, 2);
      check_forward(*table, n, c_previous.data());
      check_forward(*table, n, nullptr);
      check_backward(*table, n, c_previous.data());
      check_backward(*table, n, nullptr);
    }
  }
}

TEST_CASE("Adam agrees with a scalar twin over several steps") {
  constexpr double beta1 = 0.9, beta2 = 0.999, lr = 0.01, epsilon = 1e-8;
  for (const KernelTable* table : runnable_kernels()) {
    CAPTURE(table->instruction_set);
    for (const std::size_t n : lengths) {
      CAPTURE(n);
      std::vector<real> w = some(n, 6, -1, 1), m(n), v(n);
      std::vector<double> w_twin(w.begin(), w.end()), m_twin(n), v_twin(n);
      for (int t = 1; t <= 5; ++t) {
        const std::vector<real> g = some(n, 10 + static_cast<std::uint64_t>(t), -1, 1);
        const double step_size = lr / (1 - std::pow(beta1, t));
        const double root2 = std::sqrt(1 - std::pow(beta2, t));
        table->adam(n, g.data(), m.data(), v.data(), w.data(), beta1, beta2,
                    static_cast<real>(step_size), static_cast<real>(root2),
                    static_cast<real>(epsilon));
        for (std::size_t i = 0; i < n; ++i) {
          const double grad = g[i];
          m_twin[i] = beta1 * m_twin[i] + (1 - beta1) * grad;
          v_twin[i] = beta2 * v_twin[i] + (1 - beta2) * grad * grad;
          w_twin[i] -= step_size * m_twin[i] / (std::sqrt(v_twin[i]) / root2 + epsilon);
        }
      }
      CHECK(difference(w, w_twin, 1e-7) == "");
      CHECK(difference(m, m_twin, 1e-7) == "");
      CHECK(difference(v, v_twin, 1e-9) == "");
    }
  }
}

}  // namespace espalier::test
