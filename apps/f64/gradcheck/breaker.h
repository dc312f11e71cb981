#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "core/tape.h"

namespace espalier {

/// Makes the element of the largest magnitude wrong by 1 %. Returns whether there was one to
/// falsify: zeros stay what they are.
bool falsify(std::span<real> gradient);

/// Falsifies what nodes of some ops hand back: the gradient of the first input that has one.
class Breaker final : public TapeObserver {
 public:
  /// `ops` as nodes are named.
  explicit Breaker(std::set<std::string, std::less<>> ops) : ops_(std::move(ops)) {}

  void on_backward(Var node) override;

  /// How many gradients it has falsified.
  std::int64_t falsified() const { return falsified_; }

 private:
  std::set<std::string, std::less<>> ops_;
  std::int64_t falsified_ = 0;
};

}  // namespace espalier
