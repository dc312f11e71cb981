#include "apps/report/numbers.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace espalier {

namespace {

/// Below this a p value is only said to be below it.
constexpr double smallest_shown_p = 0.001;

std::string with_minus_sign(const std::string& number) {
  return number.starts_with('-') ? "−" + number.substr(1) : number;
}

/// How many decimals give four significant digits; negative where an exponent is better.
int decimals_of(double value) {
  const double magnitude = std::abs(value);
  if (magnitude == 0) return 0;
  if (!(magnitude < 1e7) || magnitude < 1e-4) return -1;
  return std::clamp(3 - static_cast<int>(std::floor(std::log10(magnitude))), 0, 7);
}

std::string with_decimals(double value, int decimals) {
  if (!std::isfinite(value)) return std::isnan(value) ? "n/a" : value > 0 ? "∞" : "−∞";
  return with_minus_sign(decimals < 0 ? fmt::format("{:.3e}", value)
                                      : fmt::format("{:.{}f}", value, decimals));
}

}  // namespace

std::string significant(double value) {
  return with_decimals(value, decimals_of(value));
}

std::string with_half_width(double mean, double half_width) {
  return significant(mean) + " ± " + with_decimals(half_width, decimals_of(mean));
}

std::string signed_number(double value) {
  return with_minus_sign(fmt::format("{:+.2f}", value));
}

std::string signed_percent(double percent) {
  if (!std::isfinite(percent)) return "n/a";
  return with_minus_sign(std::abs(percent) < 1e4 ? fmt::format("{:+.2f} %", percent)
                                                 : fmt::format("{:+.2e} %", percent));
}

std::string p_value_html(double p) {
  return fmt::format("<span title=\"{}\">{}</span>", p,
                     p < smallest_shown_p ? "&lt; 0.001" : fmt::format("{:.3f}", p));
}

std::string p_value_text(double p) {
  return p < smallest_shown_p ? "p < 0.001" : fmt::format("p = {:.3f}", p);
}

}  // namespace espalier
