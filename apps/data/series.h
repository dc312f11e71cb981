#pragma once

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/data/csv.h"
#include "apps/data/frame.h"

namespace espalier {

/// Brings the rows of each series together, where a long file names them in `column`: series in the
/// order in which they begin, rows of one series in their order. Throws UsageError for an unknown
/// column, Error for a row that doesn't say which series it is of.
std::vector<Series> gather_series(CsvTable& table, const std::string& column);

/// The column that names the series of a molten table, and the one of its values.
inline constexpr const char* molten_series = "series";
inline constexpr const char* molten_value = "value";

/// Makes a long table of a wide one: every target column becomes a series of its own, named as the
/// column was, from its first value to its last (to the end of the file, where some column is known
/// ahead); all other columns are repeated for each. Series with fewer rows than the file, or none,
/// are noted. `config` becomes that of the long table. Throws UsageError for unknown columns, and
/// for others that are named as the new ones.
void melt(CsvTable& table, DataConfig& config);

}  // namespace espalier
