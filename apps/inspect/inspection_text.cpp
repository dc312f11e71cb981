#include <algorithm>

#include <fmt/format.h>

#include "apps/config/sections.h"
#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/inspect/inspection.h"
#include "apps/inspect/sentences.h"

namespace espalier {

namespace {

std::size_t longest(const std::vector<std::string>& texts, std::size_t least) {
  for (const std::string& text : texts) least = std::max(least, text.size());
  return least;
}

std::string dead_of(std::int64_t dead, std::int64_t all) {
  return all == 0 ? "–" : fmt::format("{}/{}", dead, all);
}

std::string parameter_table(const Inspection& inspection) {
  std::vector<std::string> names;
  for (const ParameterSummary& parameter : inspection.parameters) names.push_back(parameter.name);
  const std::size_t width = longest(names, 9);
  std::string text = fmt::format("{:<{}}  {:>10}{:>12}{:>10}{:>12}{:>13}{:>11}{:>11}\n",
                                 "parameter", width, "shape", "parameters", "sparsity",
                                 "dead units", "dead inputs", "weights", "gradient");
  for (const ParameterSummary& parameter : inspection.parameters) {
    text += fmt::format("{:<{}}  {:>10}{:>12}{:>8.1f} %{:>12}{:>13}{:>11.4g}{:>11.4g}\n",
                        parameter.name, width, parameter.shape, parameter.size,
                        100 * parameter.sparsity(), dead_of(parameter.dead_units, parameter.units),
                        dead_of(parameter.dead_inputs, parameter.inputs), parameter.weight_norm,
                        parameter.gradient_norm);
  }
  return text +
         "Weights and gradient: Euclidean norms; of the scored weights, and of the last training "
         "step.\n";
}

std::string op_table(const std::vector<OpSummary>& ops) {
  std::vector<std::string> names;
  OpSummary sum{.op = "all"};
  for (const OpSummary& op : ops) {
    names.push_back(op.op);
    sum.count += op.count;
    sum.forward_us += op.forward_us;
    sum.backward_us += op.backward_us;
    sum.bytes += op.bytes;
  }
  const std::size_t width = longest(names, 20);
  std::string text = fmt::format("{:<{}}{:>8}{:>14}{:>14}{:>12}\n", "one training step, by op",
                                 width + 4, "count", "forward, µs", "backward, µs", "bytes");
  const auto row = [width](const OpSummary& op) {
    return fmt::format("{:<{}}{:>8}{:>14.1f}{:>14.1f}{:>12}\n", op.op, width + 4, op.count,
                       op.forward_us, op.backward_us, op.bytes);
  };
  for (const OpSummary& op : ops) text += row(op);
  return text + row(sum);
}

}  // namespace

std::string what_was_run(const Inspection& inspection) {
  const Config& config = inspection.run.config;
  std::vector<std::string> regularizers;
  for (const ComponentConfig& one : config.regularizers) regularizers.push_back(one.type);
  return fmt::format("{} on {} ({}), protocol {}, seed {}; regularizers: {}", config.model.type,
                     config.data.path, counted(static_cast<std::size_t>(inspection.rows), "row"),
                     protocol_name(config.protocol), config.seed,
                     regularizers.empty() ? "none" : join(regularizers, ", "));
}

std::string what_came_of_it(const Inspection& inspection) {
  const SparsityCount sparsity = inspection.sparsity();
  if (inspection.parameters.empty()) return "The model has no parameters: there is nothing to see.";
  const std::string weights =
      fmt::format("{}; the scored weights are those of epoch {}.",
                  counted(inspection.epochs.size(), "epoch"), inspection.scored_epoch + 1);
  if (inspection.pruning_lines.empty()) return "No weight was pruned in " + weights;
  const bool of_all = inspection.snapshots.back().of_all_matrices;
  return fmt::format("{} of {} {} are pruned ({:.2f} %), by {} of masks in {}", sparsity.pruned,
                     sparsity.prunable, of_all ? "weights in all matrices" : "prunable weights",
                     100 * sparsity.share(), counted(inspection.pruning_lines.size(), "update"),
                     weights);
}

std::string whether_the_same(const Inspection& inspection) {
  if (inspection.differences.empty()) {
    return "Trained again, the run came out the same to the bit, in its masks and its weights.";
  }
  return fmt::format(
      "Trained again, the run did NOT come out the same: {}. What is shown is the repetition; "
      "another build or processor may be the reason, or files changed since.",
      join(inspection.differences, "; "));
}

std::string inspection_text(const Inspection& inspection) {
  std::string text =
      fmt::format("{}: {}\n{}\n{}\n\n", inspection.run.directory, what_was_run(inspection),
                  what_came_of_it(inspection), whether_the_same(inspection));
  if (!inspection.parameters.empty()) text += parameter_table(inspection) + "\n";
  return text + op_table(summarise_ops(inspection.nodes));
}

}  // namespace espalier
