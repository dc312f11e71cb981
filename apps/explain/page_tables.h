#pragma once

#include <string>

#include "apps/explain/explained_window.h"
#include "apps/explain/explanation_text.h"

namespace espalier {

/// Tables of the page, as HTML.
std::string forecasts_table(const ExplainedWindow& window);
std::string inputs_table(const ExplainedWindow& window);
/// Of a unit of a recurrent layer, its gates at each step.
std::string unit_table(const ExplainedWindow& window, std::size_t layer, std::size_t unit);
/// Attention weights of all heads; nothing where they would be too many for tables.
std::string attention_tables(const ExplainedWindow& window);
/// Nodes that have a name.
std::string named_table(const ExplainedWindow& window);
std::string loss_table(const ExplainedWindow& window);
/// Node by node, from the loss back to the inputs.
std::string gradients_table(const ExplainedWindow& window);

}  // namespace espalier
