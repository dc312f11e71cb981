#include "apps/comparison/check_blocks.h"

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

#include "apps/config/resolved.h"

namespace espalier {

void check_blocks(const Comparison& comparison, const Catalogue& catalogue,
                  Diagnostics& diagnostics) {
  const std::uint64_t last_seed =
      comparison.seed + static_cast<std::uint64_t>(comparison.trials) - 1;
  if (last_seed > std::numeric_limits<std::int64_t>::max()) {
    diagnostics.at_value("/seed", "the last trial's seed, seed + trials - 1, is too large");
  }
  std::set<std::string> names;
  std::map<std::string, std::string> runs;
  for (std::size_t b = 0; b < comparison.blocks.size(); ++b) {
    const std::string& name = comparison.blocks[b].name;
    if (!names.insert(name).second) {
      diagnostics.at_value("/grid",
                           fmt::format("two blocks of it would lie in one folder, {}: give its "
                                       "values labels that differ in letters or digits, by objects "
                                       "of label → value",
                                       in_quotes(name)));
      return;
    }
    if (name.size() > longest_name) {
      diagnostics.at_value("/grid", fmt::format("{} is too long for a folder's name: give its "
                                                "values shorter labels",
                                                in_quotes(name)));
      return;
    }
    const Config& config = comparison.configs[b * comparison.arms.size()];
    const auto [first, added] = runs.emplace(resolved_json(config, catalogue), name);
    if (!added) {
      diagnostics.at_value("/grid", fmt::format("{} and {} are the same run: one axis sets what "
                                                "another one sets too",
                                                first->second, name));
      return;
    }
  }
}

}  // namespace espalier
