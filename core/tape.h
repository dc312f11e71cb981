#pragma once

#include <cstdint>
#include <initializer_list>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

#include "core/arena.h"
#include "core/tensor.h"

namespace espalier {

class LiveWeights;
class Parameter;
class Tape;
class Node;

/// A value on a tape: what ops take and return. A handle, valid until the tape is reset.
class Var {
 public:
  Var() = default;
  Var(Tape& tape, std::uint32_t index) : tape_(&tape), index_(index) {}

  Tape& tape() const { return *tape_; }
  std::uint32_t index() const { return index_; }
  Node& node() const;
  const Tensor& value() const;
  const Shape& shape() const { return value().shape; }
  /// Whether the loss can depend on it through something that is trained.
  bool needs_grad() const;
  /// d loss / d value; zeros until backward has reached it. Ops add to it, never overwrite.
  Tensor grad() const;

 private:
  Tape* tape_ = nullptr;
  std::uint32_t index_ = 0;
};

/// A product of weights [m, k] with columns [k, n] in a node's forward pass, done `count` times.
struct WeightProductSize {
  std::int64_t m = 0, k = 0, n = 0, count = 0;
  /// Whether backward goes on to the gradient of the columns.
  bool propagates = false;
};

/// One recorded operation. Each op derives its own type, which holds what its backward needs and
/// stands beside the forward in `core/ops/`. Nodes live in the tape's arena and are never
/// destroyed, hence own nothing.
class Node {
 public:
  /// The op's name, as error messages and inspection show it.
  const char* op = "";
  std::span<const Var> inputs;
  Tensor value;
  /// Same shape as `value`; empty until backward needs it.
  Tensor grad;
  bool needs_grad = false;
  /// Set on a parameter so much of which is pruned that products skip the pruned weights.
  const LiveWeights* live = nullptr;
  /// Whether gradients of its pruned weights are wanted nevertheless.
  bool pruned_gradients = false;

  /// Adds this node's share to the gradient of each input that needs one. Called once, after
  /// `grad` is complete.
  virtual void backward() {}

  /// Adds the products with weights that forward did, for whoever counts operations.
  virtual void list_weight_products(std::vector<WeightProductSize>&) const {}

 protected:
  ~Node() = default;
};

/// Looks on while a tape works: to time its nodes, or to move a value before others read it.
class TapeObserver {
 public:
  virtual ~TapeObserver() = default;
  /// The value of `node` is complete, and nothing has read it yet.
  virtual void on_forward(Var /*node*/) {}
  /// `node` has handed its gradient on.
  virtual void on_backward(Var /*node*/) {}
};

/// Records operations in the order they run; that order is already topological, so backward is one
/// loop over the nodes in reverse.
class Tape {
 public:
  enum class Mode { training, inference };

  /// In `inference` mode nothing needs a gradient, and ops keep nothing for backward.
  explicit Tape(Mode mode = Mode::training) : mode_(mode) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// Data: no gradient. The caller keeps the memory alive until `reset`.
  Var constant(Tensor value, const char* name = "constant");
  /// A leaf whose gradient is kept, e.g. an input under inspection.
  Var variable(Tensor value, const char* name = "variable");
  /// A trained parameter: value and gradient are views into its slabs. Gradients of pruned weights
  /// may stay 0 unless `pruned_gradients` asks for them.
  Var parameter(const Parameter& parameter, bool pruned_gradients = false);

  /// Places a node of type `N` whose value has `shape`; the op computes the elements and fills the
  /// members of its own that backward will read.
  template <typename N>
  N& record(const char* op, std::span<const Var> inputs, const Shape& shape) {
    static_assert(std::is_base_of_v<Node, N> && std::is_trivially_destructible_v<N>);
    N* node = new (arena_.allocate(sizeof(N))) N();
    node->value = arena_.allocate(shape);
    add(*node, op, inputs);
    return *node;
  }
  template <typename N>
  N& record(const char* op, std::initializer_list<Var> inputs, const Shape& shape) {
    return record<N>(op, std::span(inputs.begin(), inputs.size()), shape);
  }

  /// The handle of the node recorded last.
  Var last() { return {*this, static_cast<std::uint32_t>(nodes_.size() - 1)}; }

  /// From here on (nullptr: nobody) told of each node; of the last one of a pass when backward
  /// begins, or by `complete`. Must outlive its watch.
  void watch(TapeObserver* observer);
  /// Says now, not at the next node or at backward, that the node recorded last is complete.
  void complete();

  /// Fills the gradient of everything `loss` (one element) depends on. Once per recording: a second
  /// call would add to gradients that are complete. Throws Error if there is nothing to fill.
  void backward(Var loss);

  /// Forgets all nodes; the memory is kept for the next step.
  void reset();

  std::span<Node* const> nodes() const { return nodes_; }
  Node& node(std::uint32_t index) { return *nodes_[index]; }
  Arena& arena() { return arena_; }
  Mode mode() const { return mode_; }

 private:
  void add(Node& node, const char* op, std::span<const Var> inputs);
  Var leaf(Tensor value, const char* name, bool needs_grad);

  Mode mode_;
  Arena arena_;
  std::vector<Node*> nodes_;
  TapeObserver* observer_ = nullptr;
  std::size_t seen_ = 0;  // nodes that the observer knows to be complete
};

}  // namespace espalier
