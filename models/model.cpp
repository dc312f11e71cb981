#include "models/model.h"

#include <algorithm>
#include <string>

#include "core/error.h"
#include "core/ops.h"

namespace espalier {

std::vector<std::int64_t> ForecastShape::required_own_past(std::string_view model) const {
  const bool complete = static_cast<std::int64_t>(own_past.size()) == targets &&
                        std::ranges::find(own_past, -1) == own_past.end();
  if (complete) return own_past;
  throw Error("[" + std::string(model) +
              "] forecasts each target from its own past: name every target among the features");
}

std::string problem_of_quantiles(std::span<const double> levels) {
  constexpr double least_distance = 1e-4;
  constexpr std::ptrdiff_t most = 99;
  const bool apart = std::ranges::adjacent_find(levels, [](double a, double b) {
                       return !(b - a >= least_distance * (1 - 1e-9));
                     }) == levels.end();
  const bool inside =
      std::ranges::all_of(levels, [](double level) { return level > 0 && level < 1; });
  if (levels.empty() || !inside || !apart || std::ssize(levels) > most) {
    return "expected 1 to 99 levels between 0 and 1 in ascending order, 0.0001 or more apart";
  }
  if (std::ranges::find(levels, 0.5) == levels.end()) {
    return "0.5 is missing: the median is the forecast itself, which y_hat and its errors go by";
  }
  return "";
}

Var Model::uncrossed(const Forward& pass, Var forecasts) const {
  const std::int64_t levels = std::ssize(shape_.quantiles);
  // Trained through the sorting, rows would have to find out first which level each of them is.
  if (levels < 2 || pass.training()) return forecasts;
  const Shape shape = forecasts.shape();
  return reshape(sort_rows(reshape(forecasts, {levels, shape.size() / levels})), shape);
}

const std::vector<std::int64_t>& required_sizes(const LayerSizes& sizes, std::string_view name,
                                                std::int64_t layers) {
  const auto found = sizes.find(name);
  const bool usable =
      found != sizes.end() && std::ssize(found->second) == layers &&
      std::ranges::all_of(found->second, [](std::int64_t size) { return size >= 1; });
  if (usable) return found->second;
  throw Error("[model] layer sizes \"" + std::string(name) + "\" " +
              (found == sizes.end() ? "are missing" : "don't fit") + ": expected " +
              std::to_string(layers) + " of 1 or more");
}

}  // namespace espalier
