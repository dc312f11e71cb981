#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "core/archive.h"
#include "core/protocol.h"

namespace espalier {

/// Watches the validation loss epoch by epoch: says when it is the best so far and when to stop.
class EarlyStopping {
 public:
  /// `patience` in epochs; none: never stops. `honest` counts epochs without improvement on the
  /// best; `author` counts epochs in a row that did not improve on the epoch just before.
  EarlyStopping(std::optional<std::int64_t> patience, Protocol protocol)
      : patience_(patience), protocol_(protocol) {}

  /// Returns whether this epoch is the best so far.
  bool observe(std::int64_t epoch, double validation_loss);
  bool should_stop() const { return patience_ && waited_ >= *patience_; }

  /// −1 before any epoch was observed.
  std::int64_t best_epoch() const { return best_epoch_; }
  double best_loss() const { return best_loss_; }

  void serialize(Archive& archive);

 private:
  std::optional<std::int64_t> patience_;
  Protocol protocol_;
  double best_loss_ = std::numeric_limits<double>::infinity();
  double previous_loss_ = std::numeric_limits<double>::infinity();
  std::int64_t best_epoch_ = -1;
  std::int64_t waited_ = 0;
};

}  // namespace espalier
