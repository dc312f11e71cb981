#include "apps/graph/node_bytes.h"

#include <algorithm>

namespace espalier {

namespace {

std::int64_t bytes_of(const Tensor& tensor) {
  return tensor.size() * static_cast<std::int64_t>(sizeof(real));
}

}  // namespace

NodeBytes::NodeBytes(Tape& tape) : tape_(tape), base_(tape.arena().allocate(std::size_t{0})) {}

std::int64_t NodeBytes::used() const {
  return static_cast<std::int64_t>(tape_.arena().used_bytes());
}

std::int64_t NodeBytes::position(std::size_t index) const {
  return reinterpret_cast<const std::byte*>(tape_.nodes()[index]) - base_;
}

void NodeBytes::on_forward(Var) {
  used_ = used();
  extents_.push_back({.end = used_});
}

void NodeBytes::on_backward(Var node) {
  const std::int64_t grown = used() - used_;
  used_ = used();
  std::int64_t gradients = new_gradient(node);
  for (const Var input : node.node().inputs) gradients += new_gradient(input);
  extents_[node.index()].backward = grown - gradients;
}

/// What a gradient takes that has appeared since last asked; 0 for the gradients of parameters,
/// which aren't the tape's.
std::int64_t NodeBytes::new_gradient(Var var) {
  const Node& node = var.node();
  Extent& extent = extents_[var.index()];
  if (node.inputs.empty() || node.grad.empty() || extent.gradient > 0) return 0;
  constexpr auto line = static_cast<std::int64_t>(Arena::alignment);
  extent.gradient = (bytes_of(node.grad) + line - 1) / line * line;
  return extent.gradient;
}

std::int64_t NodeBytes::of(std::size_t index) const {
  const Node& node = *tape_.nodes()[index];
  if (node.inputs.empty()) return bytes_of(node.value);
  const auto end = [this](std::size_t i) {
    // Where the next node told of this one, it had its memory already.
    return i + 1 < extents_.size() ? std::min(extents_[i].end, position(i + 1)) : extents_[i].end;
  };
  const std::int64_t begin = index > 0 ? end(index - 1) : 0;
  return end(index) - begin + extents_[index].gradient + extents_[index].backward;
}

}  // namespace espalier
