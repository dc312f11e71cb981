#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "apps/data/frame.h"

namespace espalier {

/// For every one of `names` (calendar_names() of a config) sin(2πp) and cos(2πp) of the part
/// p ∈ [0, 1) of its period that has passed at `time`, in seconds since 1970-01-01 00:00.
std::vector<double> calendar_values(std::span<const std::string> names, std::int64_t time);

/// Adds two features for every one of `names`: their calendar_values at a row's time, named
/// NAME_sin and NAME_cos. They are known `lead` rows ahead. Throws UsageError without times, and
/// where a column has that name already.
void add_calendar(Frame& frame, std::span<const std::string> names, std::size_t lead);

}  // namespace espalier
