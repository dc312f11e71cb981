#include "core/tape.h"

#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "core/forward.h"
#include "core/ops.h"
#include "core/parameters.h"
#include "tests/support/array.h"
#include "tests/support/errors.h"

namespace espalier::test {

namespace {

std::vector<real> list(const Tensor& tensor) {
  return {tensor.span().begin(), tensor.span().end()};
}

/// y = x, and notes when its backward ran.
struct Recording final : Node {
  std::vector<int>* calls = nullptr;
  int id = 0;

  void backward() override {
    calls->push_back(id);
    inputs[0].grad()[0] += grad[0];
  }
};

Var recording(Var x, int id, std::vector<int>& calls) {
  auto& node = x.tape().record<Recording>("recording", {x}, x.shape());
  node.value[0] = x.value()[0];
  node.calls = &calls;
  node.id = id;
  return x.tape().last();
}

/// Notes what it is told, and can move a value.
class Watcher final : public TapeObserver {
 public:
  void on_forward(Var node) override {
    told.push_back("forward " + std::string(node.node().op));
    if (node.index() == moved) node.value()[0] += 1;
  }
  void on_backward(Var node) override { told.push_back("backward " + std::string(node.node().op)); }

  std::uint32_t moved = 1000;
  std::vector<std::string> told;
};

/// Notes when it is called, among what a Watcher is told.
class NotingRegularizer final : public Regularizer {
 public:
  explicit NotingRegularizer(std::vector<std::string>& told) : told_(told) {}
  Var weight(const Forward&, const Parameter&, Var w) const override { return note("weight", w); }
  Var activation(const Forward&, Site, Var x) const override { return note("activation", x); }
  Var next_state(const Forward&, RecurrentState, Var, Var next) const override {
    return note("state", next);
  }
  Var penalty(const Forward&, Var loss) const override { return note("penalty", loss); }

 private:
  Var note(const char* what, Var x) const {
    told_.emplace_back(what);
    return x;
  }

  std::vector<std::string>& told_;
};

}  // namespace

TEST_CASE("a tape holds nodes in the order they were recorded, with their inputs") {
  Array a = array({2}, {1, 2});
  Array b = array({2}, {3, 4});
  Tape tape;
  const Var x = tape.variable(a.tensor(), "x");
  const Var y = tape.constant(b.tensor());
  const Var z = mul(x, y);
  REQUIRE(tape.nodes().size() == 3);
  CHECK(std::string(tape.nodes()[0]->op) == "x");
  CHECK(std::string(tape.nodes()[1]->op) == "constant");
  CHECK(std::string(z.node().op) == "mul");
  REQUIRE(z.node().inputs.size() == 2);
  CHECK(z.node().inputs[0].index() == x.index());
  CHECK(z.node().inputs[1].index() == y.index());
  CHECK(z.needs_grad());
  CHECK(!y.needs_grad());
  CHECK(!mul(y, y).needs_grad());
  CHECK(x.value().data == a.elements.data());  // leaves are windows, not copies
}

TEST_CASE("backward visits nodes in reverse, each once, and skips what the loss doesn't use") {
  Array a = array({1}, {2});
  Tape tape;
  std::vector<int> calls;
  const Var x = tape.variable(a.tensor());
  const Var first = recording(x, 1, calls);
  const Var unused = recording(first, 2, calls);
  const Var left = recording(first, 3, calls);
  const Var right = recording(first, 4, calls);
  const Var loss = add(left, right);
  const Var later = recording(loss, 5, calls);
  tape.backward(loss);
  CHECK(calls == std::vector<int>{4, 3, 1});
  CHECK(x.grad()[0] == 2);
  CHECK(unused.grad()[0] == 0);
  CHECK(later.grad()[0] == 0);
}

TEST_CASE("the gradient of a value used more than once is the sum over its uses") {
  Array a = array({2}, {3, -2});
  Tape tape;
  const Var x = tape.variable(a.tensor());
  // x² + 4x: slope 2x + 4
  tape.backward(sum(add(mul(x, x), scale(x, 4))));
  CHECK(list(x.grad()) == std::vector<real>{10, 0});
}

TEST_CASE("a parameter read twice collects both gradients in its slab, until zero_grad") {
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {2});
  w.value()[0] = 5;
  w.value()[1] = 7;
  Array a = array({2}, {2, 3});
  const auto run = [&] {
    Tape tape;
    const Var x = tape.constant(a.tensor());
    // w·x + w: slope x + 1
    tape.backward(sum(add(mul(tape.parameter(w), x), tape.parameter(w))));
  };
  run();
  CHECK(list(w.grad()) == std::vector<real>{3, 4});
  run();
  CHECK(list(w.grad()) == std::vector<real>{6, 8});
  parameters.zero_grad();
  run();
  CHECK(list(w.grad()) == std::vector<real>{3, 4});
}

TEST_CASE("in inference mode nothing needs a gradient") {
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {2});
  w.grad()[0] = 9;
  Array a = array({2}, {2, 3});
  Tape tape(Tape::Mode::inference);
  const Var x = tape.variable(a.tensor());
  const Var product = mul(tape.parameter(w), x);
  CHECK(tape.mode() == Tape::Mode::inference);
  for (const Node* node : tape.nodes()) {
    CHECK(!node->needs_grad);
    CHECK(node->grad.empty());
  }
  CHECK(wrong_error([&] { tape.backward(sum(product)); }, {"[backward]", "trained"}) == "");
  CHECK(w.grad()[0] == 9);
}

TEST_CASE("an inference tape needs less memory than a training tape") {
  std::vector<Array> inputs{random_array({50, 3, 4}, 1), random_array({32, 3}, 2),
                            random_array({32, 8}, 3), random_array({32}, 4), random_array({32}, 5)};
  const auto memory = [&](Tape::Mode mode) {
    Tape tape(mode);
    std::vector<Var> v;
    for (Array& input : inputs) v.push_back(tape.variable(input.tensor()));
    lstm_sequence(v[0], v[1], v[2], v[3], v[4]);
    return tape.arena().used_bytes();
  };
  CHECK(memory(Tape::Mode::inference) < memory(Tape::Mode::training) / 2);
}

TEST_CASE("backward refuses a loss of several elements, and one that nothing trained feeds") {
  Array a = array({2}, {1, 2});
  Tape tape;
  const Var x = tape.variable(a.tensor());
  const Var c = tape.constant(a.tensor());
  CHECK(wrong_error([&] { tape.backward(x); }, {"[backward]", "one element", "(2)"}) == "");
  CHECK(wrong_error([&] { tape.backward(sum(c)); }, {"[backward]", "trained"}) == "");
}

TEST_CASE("a constant gets no gradient where a variable beside it does") {
  Array a = array({2}, {1, 2});
  Array b = array({2}, {3, 4});
  Tape tape;
  const Var x = tape.variable(a.tensor());
  const Var c = tape.constant(b.tensor());
  tape.backward(sum(mul(c, x)));
  CHECK(list(x.grad()) == std::vector<real>{3, 4});
  CHECK(c.node().grad.empty());
}

TEST_CASE("reset empties a tape and a repeated step finds the same memory") {
  Array a = array({2}, {1, 2});
  Tape tape;
  const auto step = [&] {
    const Var x = tape.variable(a.tensor());
    tape.backward(sum(mul(x, x)));
    return x.grad().data;
  };
  const real* first = step();
  tape.reset();
  CHECK(tape.nodes().empty());
  CHECK(tape.arena().used_bytes() == 0);
  CHECK(step() == first);
  CHECK(list(Tensor{const_cast<real*>(first), {2}}) == std::vector<real>{2, 4});
}

TEST_CASE("who watches a tape is told of each node, once it is complete") {
  Array a = array({1}, {3});
  Tape tape;
  const Var x = tape.variable(a.tensor(), "x");
  Watcher watcher;
  tape.watch(&watcher);
  const Var loss = sum(scale(mul(x, x), 2));
  CHECK(watcher.told == std::vector<std::string>{"forward mul", "forward scale"});
  tape.backward(loss);
  CHECK(watcher.told == std::vector<std::string>{"forward mul", "forward scale", "forward sum",
                                                 "backward sum", "backward scale", "backward mul",
                                                 "backward x"});
  tape.complete();
  CHECK(watcher.told.size() == 7);

  tape.reset();
  tape.watch(nullptr);
  sum(tape.constant(a.tensor()));
  CHECK(watcher.told.size() == 7);
}

TEST_CASE("a node is told of before a regularizer sees it") {
  Array a = array({1}, {3});
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {1});
  Tape tape;
  Watcher watcher;
  tape.watch(&watcher);
  Regularizers regularizers;
  regularizers.push_back(std::make_unique<NotingRegularizer>(watcher.told));
  Forward pass(tape, regularizers, Forward::Purpose::training, 0);
  const Var x = pass.activation(Site::input, tape.constant(a.tensor(), "x"));
  const Var y = mul(pass.parameter(w), x);
  const Var loss = sum(pass.next_state(RecurrentState::hidden, x, y));
  pass.penalised(loss);
  CHECK(watcher.told == std::vector<std::string>{"forward x", "activation", "forward w", "weight",
                                                 "forward mul", "state", "forward sum", "penalty"});
}

TEST_CASE("a value moved under a watch is what later nodes read") {
  Array a = array({1}, {3});
  Tape tape;
  Watcher watcher;
  tape.watch(&watcher);
  const Var square = mul(tape.constant(a.tensor()), tape.constant(a.tensor()));
  CHECK(sum(scale(square, 2)).value()[0] == 2 * 9);
  watcher.moved = 2;
  tape.reset();
  const Var again = mul(tape.constant(a.tensor()), tape.constant(a.tensor()));
  CHECK(sum(scale(again, 2)).value()[0] == 2 * (9 + 1));
}

}  // namespace espalier::test
