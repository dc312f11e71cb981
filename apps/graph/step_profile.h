#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"

namespace espalier {

/// One node of a training step's tape, and what it costs.
struct NodeProfile {
  /// Parameters and data are leaves: nodes without inputs.
  enum class Kind { parameter, data, op };

  /// The op's name; of a leaf, the name of the parameter or of the data.
  std::string op;
  /// Of its value, as "(14,64,64)".
  std::string shape;
  /// Positions of its inputs in the list of nodes, all before its own.
  std::vector<std::uint32_t> inputs = {};
  /// Whether it can hand a gradient on to something trained.
  bool needs_grad = false;
  /// Microseconds, medians over the repetitions. Forward counts from the node before, so that of
  /// "x" includes the gathering of the windows, and that of a masked value the drawing of its mask.
  double forward_us = 0;
  double backward_us = 0;
  /// Memory of the tape that it takes: value, gradient, what the op keeps for backward and what
  /// backward itself works on. Of a leaf its value alone.
  std::int64_t bytes = 0;
  Kind kind = Kind::op;
};

/// The nodes of one training step in the order of the tape: the run's first batch, forward with
/// penalties and backward, without the optimizer. Repeated for the times. A model with nothing to
/// train goes forward only. Leaves the learner as it was.
std::vector<NodeProfile> profile_step(const Config& config, const ForecastingTask& task,
                                      Learner& learner, int repetitions);

}  // namespace espalier
