#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/graph/step_profile.h"

namespace espalier {

/// The tape of a step in Graphviz's language: a node for each of the tape's ("n0", "n1", … in its
/// order) and an edge for each input. Parameters, data and ops have shapes and colours of their
/// own; the darker an op, the more of the step's time it takes; solid edges carry gradients back,
/// dashed ones don't.
std::string graph_dot(const std::vector<NodeProfile>& nodes);

/// The drawing of a graph, by Graphviz's `dot`; nothing where that isn't installed. Throws Error if
/// dot can't draw it.
std::optional<std::string> graph_svg(const std::string& dot);

}  // namespace espalier
