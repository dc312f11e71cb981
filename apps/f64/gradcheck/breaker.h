#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/tape.h"

namespace espalier {

/// Makes the element of the largest magnitude wrong by 1 %. Returns whether there was one to
/// falsify: zeros stay what they are.
bool falsify(std::span<real> gradient);

/// Falsifies what nodes of some ops hand back: the gradient of the first input that has one.
class Breaker final : public TapeObserver {
 public:
  /// `ops` as nodes are named.
  explicit Breaker(const std::vector<std::string>& ops) {
    for (const std::string& op : ops) falsified_[op] = 0;
  }

  void on_backward(Var node) override;

  /// How many gradients it has falsified at nodes of `op`, one of its ops.
  std::int64_t falsified(const std::string& op) const { return falsified_.at(op); }

 private:
  std::map<std::string, std::int64_t, std::less<>> falsified_;
};

}  // namespace espalier
