#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "apps/graph/graph_dot.h"
#include "apps/inspect/inspection.h"

namespace espalier {

/// What inspect.html is made of besides the inspection.
struct PageParts {
  /// Chart.js as JavaScript text; without it the page has tables and heat maps, and says so.
  std::optional<std::string> chart_library = {};
  /// Of the step's graph; a problem is shown in its place.
  GraphDrawing drawing = {};
};

/// inspect.html: one page that needs no other file and no network.
std::string page_html(const Inspection& inspection, const PageParts& parts);

/// What the page's script draws from (inspect.js):
/// - "matrices": name, rows, columns, cell_rows, cell_columns, block_rows, block_columns, blocks;
///   units_of, the position of the matrix that feeds the same units; "inputs", names of the columns
///   where they are known;
/// - "snapshots": moment, number, epoch, batch; target, achieved, threshold, pruned, prunable as
///   pruning.jsonl has them (without achieved where Snapshot::of_all_matrices holds); per matrix
///   survivors, norms, dead units and inputs, kept and taken of the histogram, and the heat map:
///   "cells", bytes in base64 in units of "scale" / 127, −128 where all is pruned;
/// - "epochs", "updates": what the curves show, by epoch; "updates_made", how many there were;
/// - "histogram": lowest_decade, bins_per_decade.
nlohmann::ordered_json page_data(const Inspection& inspection);

}  // namespace espalier
