#include <algorithm>

#include "apps/inspect/inspection.h"

namespace espalier {

namespace {

/// Leaves bear the names of what they hold.
std::string op_of(const NodeProfile& node) {
  switch (node.kind) {
    case NodeProfile::Kind::parameter:
      return "parameter";
    case NodeProfile::Kind::data:
      return "data";
    case NodeProfile::Kind::op:
      break;
  }
  return node.op;
}

}  // namespace

std::vector<OpSummary> summarise_ops(const std::vector<NodeProfile>& nodes) {
  std::vector<OpSummary> ops;
  for (const NodeProfile& node : nodes) {
    const std::string name = op_of(node);
    auto op = std::ranges::find(ops, name, &OpSummary::op);
    if (op == ops.end()) op = ops.insert(op, {.op = name});
    ++op->count;
    op->forward_us += node.forward_us;
    op->backward_us += node.backward_us;
    op->bytes += node.bytes;
  }
  return ops;
}

}  // namespace espalier
