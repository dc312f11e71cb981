#include "apps/f64/gradcheck/breaker.h"

#include <algorithm>
#include <cmath>

namespace espalier {

bool falsify(std::span<real> gradient) {
  const auto largest = std::ranges::max_element(gradient, {}, [](real g) { return std::abs(g); });
  if (largest == gradient.end() || *largest == 0) return false;
  *largest *= 1.01;
  return true;
}

void Breaker::on_backward(Var node) {
  const auto count = falsified_.find(node.node().op);
  if (count == falsified_.end()) return;
  const bool falsified = std::ranges::any_of(node.node().inputs, [](Var input) {
    return input.needs_grad() && falsify(input.grad().span());
  });
  if (falsified) ++count->second;
}

}  // namespace espalier
