#include "core/tape.h"

#include <algorithm>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/parameters.h"

namespace espalier {

namespace {
struct Leaf final : Node {};
}  // namespace

Node& Var::node() const {
  return tape_->node(index_);
}

const Tensor& Var::value() const {
  return node().value;
}

bool Var::needs_grad() const {
  return node().needs_grad;
}

Tensor Var::grad() const {
  Node& self = node();
  if (self.grad.empty()) {
    self.grad = tape_->arena().allocate(self.value.shape);
    std::ranges::fill(self.grad.span(), real{0});
  }
  return self.grad;
}

void Tape::add(Node& node, const char* op, std::span<const Var> inputs) {
  for (const Var input : inputs) {
    if (&input.tape() != this) throw Error("[" + std::string(op) + "] its inputs are on two tapes");
  }
  if (observer_ != nullptr) complete();
  node.op = op;
  Var* placed = reinterpret_cast<Var*>(arena_.allocate(inputs.size_bytes()));
  std::uninitialized_copy(inputs.begin(), inputs.end(), placed);
  node.inputs = {placed, inputs.size()};
  node.needs_grad = std::ranges::any_of(inputs, &Var::needs_grad);
  nodes_.push_back(&node);
}

Var Tape::leaf(Tensor value, const char* name, bool needs_grad) {
  Leaf* node = new (arena_.allocate(sizeof(Leaf))) Leaf{};
  node->value = value;
  add(*node, name, {});
  node->needs_grad = needs_grad && mode_ == Mode::training;
  return last();
}

Var Tape::constant(Tensor value, const char* name) {
  return leaf(value, name, false);
}

Var Tape::variable(Tensor value, const char* name) {
  return leaf(value, name, true);
}

Var Tape::parameter(const Parameter& parameter, bool pruned_gradients) {
  const Var var = leaf(parameter.value(), parameter.name().c_str(), true);
  var.node().live = parameter.live();
  var.node().pruned_gradients = pruned_gradients;
  if (var.needs_grad()) var.node().grad = parameter.grad();
  return var;
}

void Tape::watch(TapeObserver* observer) {
  observer_ = observer;
  seen_ = nodes_.size();
}

void Tape::complete() {
  if (observer_ == nullptr || seen_ == nodes_.size()) return;
  seen_ = nodes_.size();
  observer_->on_forward(last());
}

void Tape::backward(Var loss) {
  if (loss.value().size() != 1) {
    throw Error("[backward] the loss must have one element, but its shape is " +
                loss.shape().text());
  }
  if (!loss.needs_grad()) {
    throw Error("[backward] nothing the loss depends on is trained");
  }
  complete();
  loss.grad()[0] = 1;
  for (std::size_t i = loss.index() + std::size_t{1}; i-- > 0;) {
    Node& node = *nodes_[i];
    if (!node.needs_grad || node.grad.empty()) continue;
    node.backward();
    if (observer_ != nullptr) observer_->on_backward({*this, static_cast<std::uint32_t>(i)});
  }
}

void Tape::reset() {
  nodes_.clear();
  seen_ = 0;
  arena_.reset();
}

}  // namespace espalier
