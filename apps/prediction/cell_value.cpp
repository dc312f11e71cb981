#include "apps/prediction/cell_value.h"

#include <limits>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/number.h"
#include "core/error.h"

namespace espalier {

double cell_value(std::string_view cell, const std::string& column, char decimal,
                  const MissingMarkers& markers) {
  const std::string_view text = trimmed(cell);
  const ParsedCell parsed = parse_number(text, decimal);
  if (markers.matches(text, parsed)) return std::numeric_limits<double>::quiet_NaN();
  if (parsed.kind == CellKind::number) return parsed.value;
  throw Error(fmt::format(
      "column {} is {}, {}", in_quotes(column), in_quotes(std::string(text)),
      parsed.kind == CellKind::text ? "expected a number" : "a number that no double can hold"));
}

}  // namespace espalier
