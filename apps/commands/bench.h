#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/commands/command.h"

namespace espalier {

struct BenchOptions {
  std::vector<std::string> models{"rnn", "lstm", "patch_transformer"};
  std::vector<std::int64_t> windows{1, 8, 30, 60};
  std::vector<std::int64_t> batches{64};
  std::vector<double> sparsities{0, 0.5, 0.7, 0.8, 0.9, 0.95};
  std::int64_t features = 8;
  double skip_pruned_from = 0.6;
  /// Of measuring, for each figure.
  double seconds = 0.2;
  bool json = false;
};

/// Of a model's name: that it can be timed.
Check timed_model();

/// `espalier bench`: times a training step and a forward pass of models at their default sizes on
/// random data, one thread, beside what the machine's matrix products alone take.
void bench(const BenchOptions& options);

}  // namespace espalier
