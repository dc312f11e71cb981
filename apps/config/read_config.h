#pragma once

#include <span>
#include <string>

#include "apps/config/catalogue.h"
#include "apps/config/config.h"
#include "apps/config/diagnostics.h"

namespace espalier {

/// Reads a run from the JSON file at `path` (// and /* */ comments allowed; "-" is standard input),
/// with `overrides` such as "train.epochs=5" applied before it is judged. Throws ConfigError with
/// all that is wrong at once; JSON that cannot be parsed is one error.
///
/// A relative "data.path" or "train.init_from" is sought from the current directory, then from the
/// config's; the result holds the path that led to a file.
Config read_config(const std::string& path, std::span<const std::string> overrides,
                   const Catalogue& catalogue);

/// The text of the file at `path`, as it is. Throws ConfigError if it can't be read.
std::string read_config_text(const std::string& path);

/// The same as read_config for a text at hand; `file_name` stands in messages and gives the
/// config's directory and the default name of the run.
Config parse_config(const std::string& text, const std::string& file_name,
                    std::span<const std::string> overrides, const Catalogue& catalogue);

}  // namespace espalier
