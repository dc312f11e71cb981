#include "apps/conformal/split_conformal.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.h"

namespace espalier {

double finest_level(std::size_t windows) {
  return static_cast<double>(windows) / static_cast<double>(windows + 1);
}

std::size_t conformal_rank(std::size_t windows, double share) {
  return static_cast<std::size_t>(std::ceil(share * static_cast<double>(windows + 1) - 1e-9));
}

std::vector<double> split_half_widths(const Calibration& calibration, double level) {
  const std::size_t rank = conformal_rank(calibration.windows, level);
  if (!(level > 0) || rank < 1 || rank > calibration.windows) {
    throw Error(
        fmt::format("[conformal] a level of {} from {} windows: expected above 0 and up to {}",
                    level, calibration.windows, finest_level(calibration.windows)));
  }
  std::vector<double> widths;
  for (std::size_t output = 0; output < calibration.outputs(); ++output) {
    std::vector<double> residuals = calibration.of_output(output);
    for (double& residual : residuals) residual = std::abs(residual);
    const auto place = residuals.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::ranges::nth_element(residuals, place);
    widths.push_back(*place);
  }
  return widths;
}

}  // namespace espalier
