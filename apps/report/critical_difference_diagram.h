#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// Average ranks of arms, and which of them aren't told apart.
struct RankedArms {
  std::vector<std::string> names;
  /// From 1 to the number of arms, the smallest the best.
  std::vector<double> ranks;
  std::optional<double> critical_difference = {};
  /// Indices of arms.
  std::vector<std::vector<std::size_t>> cliques = {};
};

/// Demšar's critical-difference diagram (JMLR 7, 2006, figure 1) as an inline SVG element: an axis
/// of ranks, best on the left; each arm's rank with its name at the side; bars join the arms of a
/// clique. The critical difference is drawn above, no longer than the axis. Colours come from the
/// page: currentColor and --arm-0 and on.
std::string critical_difference_svg(const RankedArms& arms);

}  // namespace espalier
