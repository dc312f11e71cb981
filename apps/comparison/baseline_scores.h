#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/comparison/trial.h"

namespace espalier {

/// Names of all these blocks' baselines, each once, in the order in which they first occur.
std::vector<std::string> baseline_names(std::span<const BlockReference> references);

/// The value by which a baseline is compared with a block's arms ("mae" or "rmse"); nothing where
/// the block doesn't have it.
std::optional<double> baseline_score(const BlockReference& reference, const std::string& name,
                                     const std::string& score);

}  // namespace espalier
