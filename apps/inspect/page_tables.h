#pragma once

#include <string>

#include "apps/inspect/inspection.h"

namespace espalier {

/// The parts of inspect.html that stand without a script, as HTML.
/// Parameters with the scored weights.
std::string parameter_table_html(const Inspection& inspection);
/// Losses per epoch, and every update of masks; folded, or open where nothing else shows them.
std::string history_tables_html(const Inspection& inspection, bool open);
/// Of one training step: time and memory per op, and, folded, per node.
std::string step_tables_html(const Inspection& inspection);

}  // namespace espalier
