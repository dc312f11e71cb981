#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "apps/graph/step_profile.h"

namespace espalier {

/// The tape of a step in Graphviz's language: a node for each of the tape's ("n0", "n1", … in its
/// order) and an edge for each input. Parameters, data and ops have shapes and colours of their
/// own; the darker an op, the more of the step's time it takes; solid edges carry gradients back,
/// dashed ones don't.
std::string graph_dot(const std::vector<NodeProfile>& nodes);

/// A drawing as SVG text or, where there is none, why not and what helps.
struct GraphDrawing {
  std::string svg = {};
  std::string problem = {};
};

/// The drawing of a graph by Graphviz's `dot`, which is stopped after `limit`. Whatever goes wrong
/// is told as the problem.
GraphDrawing draw_graph(const std::string& dot, std::chrono::seconds limit);

}  // namespace espalier
