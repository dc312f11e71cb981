#include "apps/f64/gradcheck/verdict.h"

#include <cmath>
#include <sstream>

namespace espalier {

std::vector<double> differences(std::span<const Differentiated> all,
                                const std::function<double()>& loss) {
  std::vector<double> found;
  for (const Differentiated& part : all) {
    for (real& x : part.values) found.push_back(central_difference(x, loss));
  }
  return found;
}

bool Verdict::ok() const {
  return !vacuous && worst.error() < gradient_tolerance;
}

std::string Verdict::problem() const {
  if (ok()) return "";
  if (vacuous && worst.error() < gradient_tolerance) return "vacuous: every gradient is zero";
  std::ostringstream text;
  text.precision(12);
  text << where << ": backward says " << worst.backward << ", differences say " << worst.difference;
  return text.str();
}

Verdict compare_gradients(std::span<const Differentiated> all,
                          std::span<const double> differences) {
  Verdict verdict;
  double largest = -1;
  for (const Differentiated& part : all) {
    for (std::size_t i = 0; i < part.values.size(); ++i) {
      const auto position = static_cast<std::size_t>(verdict.derivatives++);
      const CheckedDerivative checked{.backward = part.gradient[i],
                                      .difference = differences[position]};
      const double error = checked.error();
      if (std::abs(checked.difference) > gradient_tolerance) verdict.vacuous = false;
      // Nothing compares with a NaN: once found, it stays.
      if (std::isnan(largest) || error <= largest) continue;
      largest = error;
      verdict.worst = checked;
      verdict.where = part.name + "[" + std::to_string(i) + "]";
    }
  }
  return verdict;
}

}  // namespace espalier
