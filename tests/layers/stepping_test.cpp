// Recurrent layers that go step by step because a regularizer acts on their states. The comparison
// in double and the gradients stand in tests/gradients/stepping_test.cpp.

#include "tests/support/stepping.h"

#include <doctest/doctest.h>

namespace espalier::test {

namespace {

/// Doubles what enters the recurrent product.
class Doubling final : public Regularizer {
 public:
  bool acts_on_states(const Forward&) const override { return true; }
  Var activation(const Forward&, Site site, Var x) const override {
    return site == Site::recurrent ? scale(x, 2) : x;
  }
};

/// Halves states of one kind before they are handed on.
class Halving final : public Regularizer {
 public:
  explicit Halving(RecurrentState halved) : halved_(halved) {}
  bool acts_on_states(const Forward&) const override { return true; }
  Var next_state(const Forward&, RecurrentState state, Var, Var next) const override {
    return state == halved_ ? scale(next, real{0.5}) : next;
  }

 private:
  RecurrentState halved_;
};

}  // namespace

TEST_CASE("a layer step by step computes what it does in one go") {
  for_each_recurrent_layer(
      [](const std::string& name, const auto& layer, Parameters& parameters, const Array& x) {
        INFO(name);
        CHECK(stepping_disagreement(layer, parameters, x, 1e-5) == "");
      });
}

TEST_CASE("without a regularizer of states, no layer goes step by step") {
  for_each_recurrent_layer(
      [](const std::string& name, const auto& layer, Parameters& parameters, const Array& x) {
        INFO(name);
        Record record;
        layer_results(layer, parameters, x, only<Onlooker>(record, /*steps=*/false));
        CHECK(record.states.empty());
        CHECK(record.at(Site::recurrent).empty());
      });
}

TEST_CASE("each step of each layer offers h on its way in, and the new h and c") {
  for_each_recurrent_layer(
      [](const std::string& name, const auto& layer, Parameters& parameters, const Array& x) {
        INFO(name);
        Record record;
        layer_results(layer, parameters, x, only<Onlooker>(record, /*steps=*/true));
        const std::size_t layers = name.find("of 2") == std::string::npos ? 1 : 2;
        const std::size_t steps = layers * static_cast<std::size_t>(x.shape[0]);
        const auto hidden = record.at(Site::recurrent);
        CHECK(hidden.size() == steps);
        CHECK(record.states.size() == (name.starts_with("Lstm") ? 2 * steps : steps));
        // A step's h is what enters the next step's product, and its `previous`.
        std::vector<Record::State> h;
        for (const Record::State& state : record.states) {
          if (state.state == RecurrentState::hidden) h.push_back(state);
        }
        REQUIRE(h.size() == steps);
        const std::vector<real> zeros(hidden.front().size());
        for (std::size_t step = 0; step < steps; ++step) {
          const bool first = step % static_cast<std::size_t>(x.shape[0]) == 0;
          CHECK(hidden[step] == (first ? zeros : h[step - 1].next));
          CHECK(h[step].previous == hidden[step]);
        }
      });
}

TEST_CASE("what a regularizer does to states changes the layer") {
  for_each_recurrent_layer(
      [](const std::string& name, const auto& layer, Parameters& parameters, const Array& x) {
        INFO(name);
        Record record;
        const auto as_it_is =
            layer_results(layer, parameters, x, only<Onlooker>(record, /*steps=*/true));
        const auto changed = [&](const Regularizers& regularizers) {
          return layer_results(layer, parameters, x, regularizers) != as_it_is;
        };
        const bool several_steps = x.shape[0] > 1;
        CHECK(changed(only<Doubling>()) == several_steps);
        CHECK(changed(only<Halving>(RecurrentState::hidden)));
        CHECK(changed(only<Halving>(RecurrentState::cell)) ==
              (several_steps && name.starts_with("Lstm")));
      });
}

TEST_CASE("stepping through anything but a sequence is an error that names the layer's input") {
  Parameters parameters;
  const Gru layer(parameters, "layer", 3, 4, 1);
  Record record;
  const Regularizers regularizers = only<Onlooker>(record, /*steps=*/true);
  Tape tape;
  Forward pass(tape, regularizers, Forward::Purpose::training, 0);
  Array x = random_array({3, 2}, 1);
  CHECK_THROWS_WITH(layer.forward(pass, tape.variable(x.tensor())),
                    "[recurrent layer] its input has shape (3,2), expected 3 axes");
}

}  // namespace espalier::test
