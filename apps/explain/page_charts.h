#pragma once

#include <nlohmann/json.hpp>

#include "apps/explain/explained_window.h"
#include "apps/explain/explanation_text.h"

namespace espalier {

/// Charts as apps/report/charts.h has them. One choice per unit of every recurrent layer (the
/// chosen ones, else the strongest, first): chart "gates", over the rows of the window. Empty for
/// other networks.
nlohmann::ordered_json gate_charts(const ExplainedWindow& window, const UnitChoice& choice);

/// One choice per recurrent layer: chart "norms", the gradient of each gate over the rows.
nlohmann::ordered_json gradient_charts(const ExplainedWindow& window);

/// What explain.js draws, one choice each: {"label", "row", "column" (what rows and columns are),
/// "rows", "columns" (their names), "values" [rows][columns]}: each gate of all units over time, or
/// the attention of each head.
nlohmann::ordered_json heat_maps(const ExplainedWindow& window);

}  // namespace espalier
