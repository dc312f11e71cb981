#pragma once

#include <string>
#include <vector>

namespace espalier {

class Command;

struct GradcheckOptions {
  /// Ops, layers and models to check, each as "tanh" or "op/tanh"; empty: all.
  std::vector<std::string> names;
  /// What to falsify, named the same way.
  std::vector<std::string> broken;
  bool json = false;
};

/// `espalier gradcheck`: the gradients of ops, layers and models against central differences, in
/// double. Returns the exit code: 1 when one is wrong. Throws UsageError for an unknown name, and
/// for one to break that nothing checked has to do with.
int gradcheck(const GradcheckOptions& options);

/// Adds the command to the command line.
void add_gradcheck(Command& app, int& exit_code);

}  // namespace espalier
