#include "apps/comparison/check_blocks.h"

#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

#include "apps/config/resolved.h"

namespace espalier {

void check_blocks(const Comparison& comparison, const Catalogue& catalogue,
                  Diagnostics& diagnostics) {
  std::set<std::string> names;
  std::map<std::string, std::string> runs;
  for (std::size_t b = 0; b < comparison.blocks.size(); ++b) {
    const std::string& name = comparison.blocks[b].name;
    if (!names.insert(name).second) {
      diagnostics.at_value("/grid",
                           fmt::format("two blocks of it are called {}: give its values labels "
                                       "that differ, by objects of label → value",
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
