#include "apps/inspect/page_tables.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/data/cell_text.h"
#include "apps/inspect/even_sample.h"
#include "apps/report/html.h"
#include "apps/report/numbers.h"

namespace espalier {

namespace {

/// More rows of updates than anyone reads.
constexpr std::size_t most_listed_updates = 200;

/// Ties go up, as the page's script has it.
std::string percent(double share) {
  return fmt::format("{:.2f} %", std::floor(1e4 * share + 0.5) / 100);
}

std::string micros(double us) {
  return fmt::format("{:.1f}", us);
}

std::string dead_cell(std::int64_t dead, std::int64_t all) {
  return all == 0 ? "–" : fmt::format("{} of {}", dead, all);
}

std::string folded(std::string_view summary, const std::string& html, bool open) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", open ? " open" : "",
                     escape_html(summary), html);
}

std::string epoch_table(const Inspection& inspection) {
  HtmlTable table("Loss by epoch, in scaled units");
  for (const char* name :
       {"epoch", "training", "validation", "sparsity, all matrices", "learning rate"}) {
    table.column(name);
  }
  for (const EpochRecord& epoch : inspection.epochs) {
    const bool scored = epoch.epoch == inspection.scored_epoch;
    table.begin_row(fmt::format("{}{}", epoch.epoch + 1, scored ? " (scored)" : ""));
    table.cell(significant(epoch.train_loss));
    table.cell(significant(epoch.validation_loss));
    table.cell(percent(epoch.sparsity));
    table.cell(significant(epoch.lr));
  }
  return table.html();
}

std::string update_table(const Inspection& inspection) {
  EvenSample<std::string> lines(most_listed_updates);
  for (const std::string& line : inspection.pruning_lines) lines.add(line);
  HtmlTable table("Updates of masks");
  for (const char* name : {"epoch, batch", "target", "achieved", "threshold", "pruned"}) {
    table.column(name);
  }
  for (const std::string& line : lines.items()) {
    const auto update = nlohmann::json::parse(line);
    table.begin_row(fmt::format("{}, {}", update["epoch"].get<std::int64_t>() + 1,
                                update["batch"].get<std::int64_t>() + 1));
    table.cell(percent(update["target_sparsity"].get<double>()));
    table.cell(percent(update["achieved_sparsity"].get<double>()));
    table.cell(significant(update["threshold"].get<double>()));
    table.cell(fmt::format("{} of {}", update["pruned"].get<std::int64_t>(),
                           update["prunable"].get<std::int64_t>()));
  }
  return table.html();
}

std::string op_html_table(const std::vector<OpSummary>& ops) {
  HtmlTable table("One training step, by op");
  for (const char* name : {"op", "nodes", "forward, µs", "backward, µs", "bytes"}) {
    table.column(name);
  }
  for (const OpSummary& op : ops) {
    table.begin_row(escape_html(op.op));
    table.cell(fmt::format("{}", op.count));
    table.cell(micros(op.forward_us));
    table.cell(micros(op.backward_us));
    table.cell(fmt::format("{}", op.bytes));
  }
  return table.html();
}

std::string node_table(const std::vector<NodeProfile>& nodes) {
  HtmlTable table("The nodes of the graph, in the order in which they run forward");
  for (const char* name :
       {"node", "op", "shape", "inputs", "forward, µs", "backward, µs", "bytes"}) {
    table.column(name);
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeProfile& node = nodes[i];
    table.begin_row(fmt::format("{}", i));
    table.cell(escape_html(node.op));
    table.cell(escape_html(node.shape));
    table.cell(node.inputs.empty() ? "–" : fmt::format("{}", fmt::join(node.inputs, ", ")));
    table.cell(micros(node.forward_us));
    table.cell(node.needs_grad ? micros(node.backward_us) : "–");
    table.cell(fmt::format("{}", node.bytes));
  }
  return table.html();
}

}  // namespace

std::string parameter_table_html(const Inspection& inspection) {
  HtmlTable table("Parameters, with the weights that are scored");
  for (const char* name : {"parameter", "shape", "parameters", "sparsity", "dead units",
                           "dead inputs", "norm", "gradient’s norm"}) {
    table.column(name);
  }
  for (const ParameterSummary& parameter : inspection.parameters) {
    table.begin_row(escape_html(parameter.name));
    table.cell(escape_html(parameter.shape));
    table.cell(fmt::format("{}", parameter.size));
    table.cell(percent(parameter.sparsity()));
    table.cell(dead_cell(parameter.dead_units, parameter.units));
    table.cell(dead_cell(parameter.dead_inputs, parameter.inputs));
    table.cell(significant(parameter.weight_norm));
    table.cell(significant(parameter.gradient_norm));
  }
  return table.html() +
         "<p class=\"note\">A unit is dead in a matrix where all weights that enter it there are "
         "pruned, in every gate; an input where no weight reads it. Norms are Euclidean; the "
         "gradient is that of the last training step, after clipping.</p>\n";
}

std::string history_tables_html(const Inspection& inspection, bool open) {
  std::string html = folded("Loss by epoch, as a table", epoch_table(inspection), open);
  const std::size_t updates = inspection.pruning_lines.size();
  if (updates == 0) return html;
  const std::string title = updates <= most_listed_updates
                                ? counted(updates, "update") + " of masks, as a table"
                                : fmt::format(
                                      "{} updates of masks, as a table (at most {} of them, "
                                      "evenly spread)",
                                      updates, most_listed_updates);
  return html + folded(title, update_table(inspection), open);
}

std::string step_tables_html(const Inspection& inspection) {
  return op_html_table(summarise_ops(inspection.nodes)) +
         folded(counted(inspection.nodes.size(), "node") + " of the graph, as a table",
                node_table(inspection.nodes), false);
}

}  // namespace espalier
