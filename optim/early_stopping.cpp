#include "optim/early_stopping.h"

namespace espalier {

bool EarlyStopping::observe(std::int64_t epoch, double validation_loss) {
  const bool best = validation_loss < best_loss_;
  const bool improved = protocol_ == Protocol::author ? validation_loss < previous_loss_ : best;
  waited_ = improved ? 0 : waited_ + 1;
  previous_loss_ = validation_loss;
  if (best) {
    best_loss_ = validation_loss;
    best_epoch_ = epoch;
  }
  return best;
}

void EarlyStopping::serialize(Archive& archive) {
  archive.field("best_loss", best_loss_);
  archive.field("previous_loss", previous_loss_);
  archive.field("best_epoch", best_epoch_);
  archive.field("waited", waited_);
}

}  // namespace espalier
