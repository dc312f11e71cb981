#include "apps/comparison/baseline_scores.h"

#include <algorithm>

#include "apps/comparison/analysis.h"

namespace espalier {

std::vector<std::string> baseline_names(std::span<const BlockReference> references) {
  std::vector<std::string> names;
  for (const BlockReference& reference : references) {
    for (const BlockReference::Score& baseline : reference.baselines) {
      if (std::ranges::find(names, baseline.name) == names.end()) names.push_back(baseline.name);
    }
  }
  return names;
}

std::optional<double> baseline_score(const BlockReference& reference, const std::string& name,
                                     const std::string& score) {
  const auto found = std::ranges::find(reference.baselines, name, &BlockReference::Score::name);
  if (found == reference.baselines.end()) return std::nullopt;
  return compared_score(reference, found->metrics, score);
}

}  // namespace espalier
