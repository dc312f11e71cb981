#pragma once

#include <optional>
#include <string>

#include "apps/explain/explained_window.h"
#include "apps/explain/explanation_text.h"

namespace espalier {

class Command;

struct ExplainOptions {
  ExplainRequest request;
  UnitChoice units;
  /// File to write the page to.
  std::optional<std::string> html;
  bool json = false;
};

/// `espalier explain`: one window through a run's network in numbers, forward and backward. Returns
/// the exit code: 1 if a derivative disagrees with its difference.
int explain(const ExplainOptions& options);

/// Its command line.
void add_explain(Command& app, int& exit_code);

}  // namespace espalier
