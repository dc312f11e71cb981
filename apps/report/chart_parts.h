#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "apps/report/charts.h"

namespace espalier {

/// To five significant digits, more than a chart shows: keeps the page small.
double rounded(double value);

/// A data set of type "line" without points.
nlohmann::ordered_json line_dataset(std::string_view label, std::string_view group,
                                    std::string_view colour, nlohmann::ordered_json data);

/// line_dataset in an arm's colour; arms beyond the colours have points.
nlohmann::ordered_json arm_dataset(const Comparison& comparison, std::size_t arm,
                                   nlohmann::ordered_json data);

/// A line chart over categories, with the tooltip of all data sets at once.
nlohmann::ordered_json line_chart(nlohmann::ordered_json labels, nlohmann::ordered_json datasets,
                                  std::string_view x_title, std::string_view y_title);

}  // namespace espalier
