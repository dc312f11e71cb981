#include "regularizers/zoneout.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "core/ops.h"
#include "layers/gru.h"
#include "layers/lstm.h"
#include "tests/support/array.h"
#include "tests/support/recorder.h"

namespace espalier::test {

namespace {

constexpr double hidden_rate = 0.2;
constexpr double cell_rate = 0.6;
constexpr std::int64_t steps = 6, inputs = 3, hidden = 12, batch = 20;
constexpr auto training = Forward::Purpose::training;
constexpr auto evaluation = Forward::Purpose::evaluation;

using Numbers = std::vector<double>;

/// One layer on fixed inputs: what it returns, and the states before and after zoneout.
template <typename Layer>
struct LayerPass {
  LayerPass(Forward::Purpose purpose, std::uint64_t number) {
    layer.initialise(RandomKey(4));
    Regularizers regularizers = only<Onlooker>(before, /*steps=*/false);
    regularizers.push_back(std::make_unique<Zoneout>(hidden_rate, cell_rate, RandomKey(1)));
    regularizers.push_back(std::make_unique<Onlooker>(after, /*steps=*/false));
    Tape tape;
    Forward pass(tape, regularizers, purpose, number);
    const Var y = layer.forward(pass, tape.constant(x.tensor()));
    values.assign(y.value().span().begin(), y.value().span().end());
  }

  /// For each call on states of one kind, which units moved: 1, or kept their previous state: 0.
  /// Fails where a unit did neither.
  std::vector<Numbers> moves(RecurrentState kind) const {
    std::vector<Numbers> all;
    REQUIRE(before.states.size() == after.states.size());
    for (std::size_t call = 0; call < after.states.size(); ++call) {
      if (after.states[call].state != kind) continue;
      const Record::State& from = before.states[call];
      Numbers moved;
      for (std::size_t i = 0; i < from.next.size(); ++i) {
        const real found = after.states[call].next[i];
        REQUIRE((found == from.next[i] || found == from.previous[i]));
        moved.push_back(found == from.next[i] ? 1 : 0);
      }
      all.push_back(moved);
    }
    return all;
  }

  Parameters parameters;
  Layer layer{parameters, "layer", inputs, hidden, 1};
  Array x = random_array({steps, inputs, batch}, 1, -2, 2);
  Record before, after;
  std::vector<real> values;
};

double at(const Tensor& tensor, std::int64_t row, std::int64_t column) {
  return static_cast<double>(tensor[row * tensor.shape[1] + column]);
}

double sigma(double z) {
  return 1 / (1 + std::exp(-z));
}

/// Row `r` of weight·v + bias for one sample.
double projected(Parameters& parameters, const std::string& suffix, std::int64_t r,
                 const Numbers& v) {
  double sum = static_cast<double>(parameters.find("layer.bias_" + suffix)->value()[r]);
  const Tensor weight = parameters.find("layer.weight_" + suffix)->value();
  for (std::size_t k = 0; k < v.size(); ++k) {
    sum += at(weight, r, static_cast<std::int64_t>(k)) * v[k];
  }
  return sum;
}

/// h of every step [time, hidden, batch], sample by sample and unit by unit, in double. How much of
/// a unit moves is given for each step, [hidden · batch].
template <typename Layer>
Numbers naive_lstm(LayerPass<Layer>& pass, const std::vector<Numbers>& h_moves,
                   const std::vector<Numbers>& c_moves) {
  Numbers all(steps * hidden * batch);
  for (std::int64_t b = 0; b < batch; ++b) {
    Numbers h(hidden), c(hidden);
    for (std::int64_t t = 0; t < steps; ++t) {
      Numbers x;
      for (std::int64_t k = 0; k < inputs; ++k) x.push_back(at(pass.x.tensor().slice(t), k, b));
      const Numbers h_before = h;
      for (std::int64_t u = 0; u < hidden; ++u) {
        const auto gate = [&](std::int64_t g) {
          return projected(pass.parameters, "ih_l0", g * hidden + u, x) +
                 projected(pass.parameters, "hh_l0", g * hidden + u, h_before);
        };
        const auto unit = static_cast<std::size_t>(u);
        const auto place = static_cast<std::size_t>(u * batch + b);
        const double new_c = sigma(gate(1)) * c[unit] + sigma(gate(0)) * std::tanh(gate(2));
        const double new_h = sigma(gate(3)) * std::tanh(new_c);
        const double h_move = h_moves[static_cast<std::size_t>(t)][place];
        const double c_move = c_moves[static_cast<std::size_t>(t)][place];
        h[unit] = h_move * new_h + (1 - h_move) * h_before[unit];
        c[unit] = c_move * new_c + (1 - c_move) * c[unit];
        all[static_cast<std::size_t>(t * hidden * batch) + place] = h[unit];
      }
    }
  }
  return all;
}

std::vector<Numbers> everywhere(double share) {
  return std::vector<Numbers>(steps, Numbers(hidden * batch, share));
}

/// The share of units that kept their state, from the second step on: at the first, previous states
/// are zeros.
double kept_share(const std::vector<Numbers>& moves) {
  double kept = 0;
  for (const Numbers& step : moves) {
    for (const double moved : step) kept += 1 - moved;
  }
  return kept / static_cast<double>(moves.size() * moves.front().size());
}

}  // namespace

TEST_CASE("training: units move or stay at the configured rates, anew at each step and pass") {
  const LayerPass<Lstm> pass(training, 0);
  const auto h_moves = pass.moves(RecurrentState::hidden);
  const auto c_moves = pass.moves(RecurrentState::cell);
  REQUIRE(h_moves.size() == steps);
  REQUIRE(c_moves.size() == steps);
  const double count = steps * hidden * batch;
  const auto bound = [count](double rate) { return 5 * std::sqrt(rate * (1 - rate) / count); };
  CHECK(std::abs(kept_share(h_moves) - hidden_rate) < bound(hidden_rate));
  CHECK(std::abs(kept_share(c_moves) - cell_rate) < bound(cell_rate));
  CHECK(h_moves[0] != h_moves[1]);
  CHECK(c_moves[2] != c_moves[3]);
  CHECK(LayerPass<Lstm>(training, 0).moves(RecurrentState::hidden) == h_moves);
  CHECK(LayerPass<Lstm>(training, 1).moves(RecurrentState::hidden) != h_moves);
}

TEST_CASE("training: an LSTM computes what a plain loop does with the same masks") {
  LayerPass<Lstm> pass(training, 0);
  const auto h_moves = pass.moves(RecurrentState::hidden);
  const auto c_moves = pass.moves(RecurrentState::cell);
  CHECK(difference(pass.values, naive_lstm(pass, h_moves, c_moves), 1e-5) == "");
  // The comparison sees masks swapped.
  CHECK(difference(pass.values, naive_lstm(pass, c_moves, h_moves), 1e-5) != "");
}

TEST_CASE("evaluation: an LSTM computes what a plain loop does with expected states") {
  LayerPass<Lstm> pass(evaluation, 0);
  const Numbers expected = naive_lstm(pass, everywhere(1 - hidden_rate), everywhere(1 - cell_rate));
  CHECK(difference(pass.values, expected, 1e-5) == "");
  CHECK(difference(pass.values, naive_lstm(pass, everywhere(1), everywhere(1)), 1e-5) != "");
  CHECK(LayerPass<Lstm>(evaluation, 7).values == pass.values);
}

TEST_CASE("a GRU's hidden states are zoned out, and it has no others") {
  const LayerPass<Gru> trained(training, 0);
  CHECK(trained.moves(RecurrentState::cell).empty());
  const auto moves = trained.moves(RecurrentState::hidden);
  REQUIRE(moves.size() == steps);
  CHECK(std::abs(kept_share(moves) - hidden_rate) <
        5 * std::sqrt(hidden_rate * (1 - hidden_rate) / (steps * hidden * batch)));
  const LayerPass<Gru> scored(evaluation, 0);
  for (std::size_t t = 0; t < steps; ++t) {
    const Record::State& from = scored.before.states[t];
    Numbers expected;
    for (std::size_t i = 0; i < from.next.size(); ++i) {
      expected.push_back(hidden_rate * static_cast<double>(from.previous[i]) +
                         (1 - hidden_rate) * static_cast<double>(from.next[i]));
    }
    CHECK(difference(scored.after.states[t].next, expected, 1e-6) == "");
  }
}

TEST_CASE("zoneout acts on states unless both rates are 0") {
  const auto acts = [](double h, double c) {
    const Regularizers regularizers = only<Zoneout>(h, c, RandomKey(1));
    Tape tape;
    return Forward(tape, regularizers, evaluation, 0).acts_on_states();
  };
  CHECK(acts(0.1, 0));
  CHECK(acts(0, 0.1));
  CHECK_FALSE(acts(0, 0));
}

}  // namespace espalier::test
