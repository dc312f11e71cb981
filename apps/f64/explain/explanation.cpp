#include "apps/f64/explain/explanation.h"

#include <algorithm>
#include <cmath>

namespace double_precision {

namespace {

/// NaN counts as disagreement.
bool disagrees(const ComparedDerivative& derivative) {
  return !(derivative.error <= Explanation::tolerance);
}

}  // namespace

double ExplainedNode::gradient_norm() const {
  double squares = 0;
  for (const double slope : gradient) squares += slope * slope;
  return std::sqrt(squares);
}

std::size_t ExplainedNode::steepest() const {
  const auto found =
      std::ranges::max_element(gradient, {}, [](double slope) { return std::abs(slope); });
  return static_cast<std::size_t>(found - gradient.begin());
}

double ExplainedNode::worst_error() const {
  double worst = 0;
  for (const ComparedDerivative& derivative : compared) {
    if (!(derivative.error <= worst)) worst = derivative.error;
    if (std::isnan(worst)) return worst;
  }
  return worst;
}

std::size_t Explanation::compared() const {
  std::size_t count = 0;
  for (const ExplainedNode& node : nodes) count += node.compared.size();
  return count;
}

std::size_t Explanation::derivatives() const {
  std::size_t count = 0;
  for (const ExplainedNode& node : nodes) count += node.gradient.size();
  return count;
}

std::size_t Explanation::disagreements() const {
  std::size_t count = 0;
  for (const ExplainedNode& node : nodes) {
    count += static_cast<std::size_t>(std::ranges::count_if(node.compared, disagrees));
  }
  return count;
}

}  // namespace double_precision
