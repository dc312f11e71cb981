#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/tape.h"

namespace espalier {

/// Notes, while a tape records and goes back, what of its arena each node takes. The arena must
/// have its final size, as after a first step, and be empty when the watch begins.
class NodeBytes final : public TapeObserver {
 public:
  explicit NodeBytes(Tape& tape);

  void on_forward(Var node) override;
  void on_backward(Var node) override;

  /// Of the node at `index`, after the step: value, gradient, what it keeps for backward, what
  /// backward works on. Of a leaf, whose memory is not the tape's, its value.
  std::int64_t of(std::size_t index) const;

 private:
  /// Of a node, where the arena was full up to after it, and what else counts as its own.
  struct Extent {
    std::int64_t end = 0;
    std::int64_t gradient = 0;
    std::int64_t backward = 0;
  };

  std::int64_t used() const;
  /// Where in the arena a node begins.
  std::int64_t position(std::size_t index) const;
  std::int64_t new_gradient(Var var);

  Tape& tape_;
  const std::byte* base_;
  std::vector<Extent> extents_;
  std::int64_t used_ = 0;  // when last told
};

}  // namespace espalier
