#include "apps/comparison/comparison.h"

#include <fmt/format.h>

namespace espalier {

Config trial_config(const Comparison& comparison, const TrialKey& key) {
  Config config = comparison.configs[key.block * comparison.arms.size() + key.arm];
  config.name = fmt::format("{}-{}-{}", comparison.blocks[key.block].name, comparison.arms[key.arm],
                            key.trial);
  config.seed += static_cast<std::uint64_t>(key.trial);
  return config;
}

std::string trial_name(const Comparison& comparison, const TrialKey& key) {
  return fmt::format("{}/{}/{}", comparison.blocks[key.block].name, comparison.arms[key.arm],
                     key.trial);
}

}  // namespace espalier
