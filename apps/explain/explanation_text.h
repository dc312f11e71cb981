#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/explain/explained_window.h"

namespace espalier {

/// Which units of recurrent layers to show; empty: of each layer those with the largest |h| at the
/// end.
using UnitChoice = std::vector<std::int64_t>;

/// The units of one layer to show.
std::vector<std::size_t> shown_units(const ExplainedWindow& window, const UnitChoice& choice,
                                     std::size_t layer);

/// For a terminal of 80 columns: the window, inputs, the way forward, the loss, gradients node by
/// node, and verdict().
std::string explanation_text(const ExplainedWindow& window, const UnitChoice& choice);

/// Its parts.
std::string forward_text(const ExplainedWindow& window, const UnitChoice& choice);
std::string gradients_text(const ExplainedWindow& window);

/// One sentence: derivatives compared, worst error, whether all agree; and what was made wrong on
/// purpose.
std::string verdict(const ExplainedWindow& window);

/// One JSON object with every number of all of it.
std::string explanation_json(const ExplainedWindow& window);

/// One HTML page that needs no other file and no network; charts take Chart.js, given as JavaScript
/// text, while heat maps and tables do without.
std::string explanation_page(const ExplainedWindow& window, const UnitChoice& choice,
                             const std::optional<std::string>& chart_library);

}  // namespace espalier
