#pragma once

#include <optional>
#include <string>
#include <vector>

namespace espalier {

class Command;

struct GraphOptions {
  std::string config_path;
  std::vector<std::string> overrides;
  /// A file ending in .dot or .svg; empty optional: DOT on stdout.
  std::optional<std::string> output;
};

/// `espalier graph`: the tape of the run's first training step as a graph, with the time and memory
/// of every node. Throws Error for an SVG where Graphviz isn't installed.
void graph(const GraphOptions& options);

/// Adds the command to the command line.
void add_graph(Command& app);

}  // namespace espalier
