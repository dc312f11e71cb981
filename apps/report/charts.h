#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "apps/comparison/analysis.h"
#include "apps/comparison/comparison.h"
#include "apps/comparison/results.h"

namespace espalier {

/// How many arms have a colour of their own; those after them share one and differ by their points.
inline constexpr std::size_t arm_colours = 7;

/// The CSS variable with an arm's colour, the same in every chart: "--arm-2".
std::string arm_colour(std::size_t arm);

/// Charts are specifications for Chart.js, {"type", "data", "options"}, with liberties that
/// report.js knows of:
/// - colours are names of CSS variables, with an opacity of two hexadecimal digits where there's a
///   blank behind: "--arm-2 33";
/// - of a data set, "group" names those that are shown and hidden together, "companion" leaves it
///   out of the legend, "legendStyle" is its mark there (else a line), and without a label it is
///   left out of the tooltip.
///
/// Choices for a <select>, each an object {"label", "charts": {name: specification}}.
/// MAE by window length, one choice per data set × model (× others): chart "error".
nlohmann::ordered_json window_charts(const Comparison& comparison, const ComparisonResults& results,
                                     const Analysis& analysis);

/// Per block, means over its trials: charts "sparsity", "seconds", "loss" and "forecast".
nlohmann::ordered_json block_charts(const Comparison& comparison, const ComparisonResults& results);

}  // namespace espalier
