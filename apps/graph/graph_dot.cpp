#include "apps/graph/graph_dot.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/report/html.h"

namespace espalier {

namespace {

using Kind = NodeProfile::Kind;

/// Equally wide, and one of them is on most machines: text stays in its box.
constexpr const char* fonts = "DejaVu Sans,Verdana,sans-serif";

std::string time_text(double us) {
  if (us < 9.95) return fmt::format("{:.1f} µs", us);
  if (us < 999.5) return fmt::format("{:.0f} µs", us);
  return fmt::format("{:.2f} ms", us / 1000);
}

std::string bytes_text(std::int64_t bytes) {
  const auto amount = static_cast<double>(bytes);
  if (amount < 1000) return fmt::format("{} B", bytes);
  if (amount < 999'500) return fmt::format("{:.{}f} kB", amount / 1e3, amount < 9950 ? 1 : 0);
  return fmt::format("{:.1f} MB", amount / 1e6);
}

/// (14,64,64) as 14 × 64 × 64.
std::string sizes_text(const std::string& shape) {
  std::string text;
  for (const char c : shape) {
    if (c == ',') {
      text += " × ";
    } else if (c != '(' && c != ')') {
      text += c;
    }
  }
  return text;
}

double time_of(const NodeProfile& node) {
  return node.forward_us + node.backward_us;
}

/// From white to orange by the share of the longest time, its root: small shares show as well.
std::string heat(double share) {
  const double depth = std::sqrt(std::clamp(share, 0.0, 1.0));
  const auto blend = [depth](int white, int full) {
    return static_cast<int>(std::lround(white + depth * (full - white)));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", blend(255, 246), blend(255, 166), blend(255, 90));
}

std::string look_of(const NodeProfile& node, double longest) {
  switch (node.kind) {
    case Kind::parameter:
      return R"(shape=box, style="filled", fillcolor="#e4f1e1", color="#4f8a4b")";
    case Kind::data:
      return R"(shape=ellipse, style="filled", fillcolor="#e3ecf8", color="#4a6fa5")";
    case Kind::op:
      break;
  }
  return fmt::format(R"(shape=box, style="filled,rounded{}", fillcolor="{}", color="#555555")",
                     node.needs_grad ? "" : ",dashed",
                     heat(longest > 0 ? time_of(node) / longest : 0));
}

/// Below its name: its sizes and memory, and an op's times.
std::string details_of(const NodeProfile& node) {
  const std::string text = sizes_text(node.shape) + ", " + bytes_text(node.bytes);
  if (node.kind != Kind::op) return text;
  return text + "<br/>forward " + time_text(node.forward_us) +
         (node.needs_grad ? ", backward " + time_text(node.backward_us) : "");
}

// The gap under a name, which would else touch the line below it.
constexpr const char* gap = R"(<font point-size="3"><br/>&#160;<br/></font>)";

std::string node_line(std::size_t index, const NodeProfile& node, double longest) {
  return fmt::format("  n{} [label=<<b>{}</b>{}<font point-size=\"10\">{}</font>>, {}];\n", index,
                     escape_html(node.op), gap, details_of(node), look_of(node, longest));
}

/// The way of the data is drawn straight, with parameters beside it.
std::string edge_line(std::size_t from, std::size_t to, const NodeProfile& input) {
  return fmt::format("  n{} -> n{} [weight={}{}];\n", from, to,
                     input.kind == Kind::parameter ? 1 : 8,
                     input.needs_grad ? "" : R"(, style=dashed, color="#888888")");
}

std::string caption(const std::vector<NodeProfile>& nodes) {
  double forward = 0;
  double backward = 0;
  std::int64_t bytes = 0;
  for (const NodeProfile& node : nodes) {
    forward += node.forward_us;
    backward += node.backward_us;
    bytes += node.bytes;
  }
  return fmt::format(
      "One training step: forward {}, backward {}, {}.<br/>Green: parameters; blue: "
      "data; the darker an op, the longer it takes.<br/>Solid lines carry "
      "gradients back, dashed ones do not.",
      time_text(forward), time_text(backward), bytes_text(bytes));
}

}  // namespace

std::string graph_dot(const std::vector<NodeProfile>& nodes) {
  double longest = 0;
  for (const NodeProfile& node : nodes) {
    if (node.kind == Kind::op) longest = std::max(longest, time_of(node));
  }
  std::string text = fmt::format(
      "digraph step {{\n"
      "  graph [rankdir=TB, ranksep=0.35, nodesep=0.3, labelloc=t, fontname=\"{0}\",\n"
      "         fontsize=12, label=<{1}>];\n"
      "  node [fontname=\"{0}\", fontsize=12, margin=\"0.16,0.06\"];\n"
      "  edge [color=\"#333333\", arrowsize=0.7];\n",
      fonts, caption(nodes));
  for (std::size_t i = 0; i < nodes.size(); ++i) text += node_line(i, nodes[i], longest);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const std::uint32_t input : nodes[i].inputs) {
      text += edge_line(input, i, nodes[input]);
    }
  }
  return text + "}\n";
}

}  // namespace espalier
