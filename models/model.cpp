#include "models/model.h"

#include <algorithm>
#include <string>

#include "core/error.h"

namespace espalier {

std::vector<std::int64_t> ForecastShape::required_own_past(std::string_view model) const {
  const bool complete = static_cast<std::int64_t>(own_past.size()) == targets &&
                        std::ranges::find(own_past, -1) == own_past.end();
  if (complete) return own_past;
  throw Error("[" + std::string(model) +
              "] forecasts each target from its own past: name every target among the features");
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
