#pragma once

#include <string>
#include <vector>

#include "apps/comparison/read_comparison.h"
#include "apps/config/diagnostics.h"
#include "tests/apps/small_catalogue.h"

namespace espalier::testing {

/// small_catalogue with a second model, "gru", that takes what "lstm" does.
inline Catalogue two_models() {
  Catalogue catalogue = small_catalogue();
  ComponentInfo gru = catalogue.models.front();
  gru.name = "gru";
  catalogue.models.push_back(gru);
  return catalogue;
}

using Texts = std::vector<std::string>;

/// Reads a comparison's config, test.json, that lies beside rows.csv and more.csv.
inline Comparison read_text(const std::string& text, const Texts& overrides = {},
                            const Texts& only = {}) {
  const ScratchFolder folder;
  folder.write("rows.csv", "y\n1\n");
  folder.write("more.csv", "y\n1\n");
  return parse_comparison(text, folder / "test.json", overrides, only, two_models());
}

/// The lines of the error that reading `text` gives, without the folder's name; none where it is
/// sound.
inline Texts errors_in(const std::string& text, const Texts& overrides = {},
                       const Texts& only = {}) {
  try {
    read_text(text, overrides, only);
    return {};
  } catch (const ConfigError& error) {
    Texts lines = error.lines();
    for (std::string& line : lines) {
      const std::size_t name = line.find("test.json:");
      if (line.starts_with("/") && name != std::string::npos) line.erase(0, name);
    }
    return lines;
  } catch (const UsageError& error) {
    return {error.what()};
  }
}

inline Texts block_names(const Comparison& comparison) {
  Texts names;
  for (const Block& block : comparison.blocks) names.push_back(block.name);
  return names;
}

}  // namespace espalier::testing
