#pragma once

#include <span>
#include <string>

#include "apps/comparison/comparison.h"
#include "apps/config/catalogue.h"

namespace espalier {

/// What a comparison's config has besides a run's: trials, reference, question.
std::span<const SettingSpec> comparison_settings();

/// Reads a comparison from the JSON text of `file_name`: a run's config with "arms" (name → list of
/// regularizers, or name → {model → list}), "grid" (see read_grid), and comparison_settings(). The
/// config of every arm on every block is judged; throws ConfigError with all that is wrong, each
/// error once, at the place in the file that it comes from.
///
/// `only` keeps a part of it: "data=seattle,sp500" those values of an axis, "arms=none,pruning"
/// those arms; nothing else is looked at.
Comparison parse_comparison(const std::string& text, const std::string& file_name,
                            std::span<const std::string> overrides,
                            std::span<const std::string> only, const Catalogue& catalogue);

/// JSON Schema (draft-07) of a comparison's config, for editors.
std::string comparison_schema_json(const Catalogue& catalogue);

}  // namespace espalier
