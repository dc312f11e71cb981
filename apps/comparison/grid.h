#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "apps/config/diagnostics.h"

namespace espalier {

/// One of the things an axis of the grid takes in turn.
struct AxisValue {
  /// What tables call it; unlike the axis's others.
  std::string label;
  nlohmann::json value;
  /// Where it stands in the config.
  std::string pointer;
};

/// What a grid varies: the place of a value ("data.window"), and the values it takes.
struct Axis {
  std::string path;
  std::vector<AxisValue> values;
};

/// Keys of the object at `pointer` in the order in which the file gives them; those that the
/// command line gave come last.
std::vector<std::string> keys_in_order(const nlohmann::json& object, const std::string& pointer,
                                       const SourceMap& map);

/// Reads the section "grid" of `root`: path → list of values, or object of label → value. Entries
/// of a list are labelled by themselves, or, if they are objects, by their "type" or the stem of
/// their "path". No section: no axes. What is wrong goes to `diagnostics`.
std::vector<Axis> read_grid(const nlohmann::json& root, Diagnostics& diagnostics);

/// Drops from an axis, or from the arms, what `part` doesn't name: "data=seattle,sp500",
/// "arms=none". Throws UsageError for names that aren't there.
void keep_only(const std::string& part, std::vector<Axis>& axes, std::vector<std::string>& arms);

/// Sets each axis to the value that `choice` names by its index: objects are merged over what is
/// there, anything else replaces it, null too (it is a value: "patience": null). `diagnostics`
/// learns where the parts came from, and which paths lead nowhere.
void apply_choice(nlohmann::json& config, const std::vector<Axis>& axes,
                  const std::vector<std::size_t>& choice, Diagnostics& diagnostics);

}  // namespace espalier
