#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace espalier {

struct ConfidenceInterval {
  double lower;
  double upper;
};

/// Repeated measurements of one thing, such as the scores of trials that differ in their seed.
struct Summary {
  std::size_t count;
  double mean;
  /// √(Σ (x − mean)² / (n − 1)), of the sample; nothing for a single value.
  std::optional<double> standard_deviation;
  /// mean ∓ t · deviation / √n, t the quantile of Student's distribution with n − 1 degrees of
  /// freedom (Student, "The probable error of a mean", Biometrika 6, 1908); nothing for a single
  /// value. Holds the true mean as often as `level` says if the values are normal and independent.
  std::optional<ConfidenceInterval> interval;
};

/// Summary of one value or more, in their units; `level` in (0, 1) is the interval's. Sums run in
/// order. Throws Error where there are none, where one is not finite, or for a level out of range.
Summary summarise(std::span<const double> values, double level = 0.95);

/// The middle value, of an even number the mean of the two in the middle. Throws as summarise.
double median(std::span<const double> values);

}  // namespace espalier
