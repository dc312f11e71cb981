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
  const auto inputs = node.node().inputs;
  const auto first = std::ranges::find_if(inputs, &Var::needs_grad);
  if (first != inputs.end() && falsify(first->grad().span())) ++count->second;
}

}  // namespace espalier
