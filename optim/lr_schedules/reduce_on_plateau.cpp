#include "optim/lr_schedules/reduce_on_plateau.h"

#include <algorithm>

#include "core/error.h"

namespace espalier {

void ReduceLrOnPlateau::observe(double validation_loss) {
  if (validation_loss < best_ * (1 - options_.threshold)) {
    best_ = validation_loss;
    bad_epochs_ = 0;
  } else {
    ++bad_epochs_;
  }
  if (cooldown_left_ > 0) {
    --cooldown_left_;
    bad_epochs_ = 0;
  }
  if (bad_epochs_ <= options_.patience) return;
  factor_ = std::max(factor_ * options_.factor, options_.min_factor);
  cooldown_left_ = options_.cooldown;
  bad_epochs_ = 0;
}

void ReduceLrOnPlateau::serialize(Archive& archive) {
  archive.field("factor", factor_);
  archive.field("best", best_);
  archive.field("bad_epochs", bad_epochs_);
  archive.field("cooldown_left", cooldown_left_);
}

namespace {

std::vector<SettingSpec> settings() {
  return {{.name = "factor",
           .type = SettingType::number,
           .default_value = 0.1,
           .help = "What the rate is multiplied with on a plateau.",
           .minimum = 0,
           .maximum = 0.999999,
           .minimum_exclusive = true},
          {.name = "patience",
           .type = SettingType::integer,
           .default_value = std::int64_t{1},
           .help = "Epochs without improvement that are put up with; one more lowers the rate.",
           .minimum = 0,
           .maximum = 1e6},
          {.name = "threshold",
           .type = SettingType::number,
           .default_value = 1e-4,
           .help = "Share of the best loss by which a new one must be lower to be an improvement.",
           .minimum = 0,
           .maximum = 0.999999},
          {.name = "cooldown",
           .type = SettingType::integer,
           .default_value = std::int64_t{0},
           .help = "Epochs after a reduction before waiting begins again.",
           .minimum = 0},
          min_factor_spec()};
}

std::unique_ptr<LrSchedule> make_reduce_on_plateau(const Settings& values,
                                                   const LrScheduleContext& context) {
  const std::int64_t patience = values.integer("patience");
  // Under `author` any fall from one epoch to the next resets early stopping, plateau or not.
  const bool counts_alike = context.protocol == Protocol::honest && context.patience;
  if (counts_alike && patience + 2 > *context.patience) {
    throw Error("[lr_schedules] reduce_on_plateau: patience " + std::to_string(patience) +
                " lowers the rate after " + std::to_string(patience + 1) +
                " epochs without improvement, but train.patience " +
                std::to_string(*context.patience) +
                " would end training before that could help: expected a train.patience of at "
                "least " +
                std::to_string(patience + 2) + ", or null");
  }
  return std::make_unique<ReduceLrOnPlateau>(
      ReduceLrOnPlateau::Options{.factor = values.number("factor"),
                                 .patience = patience,
                                 .threshold = values.number("threshold"),
                                 .cooldown = values.integer("cooldown"),
                                 .min_factor = values.number("min_factor")});
}

}  // namespace

LrScheduleEntry reduce_lr_on_plateau_entry() {
  return {{.name = "reduce_on_plateau",
           .summary = "Lowers the learning rate where the validation loss stops falling.",
           .settings = settings()},
          make_reduce_on_plateau};
}

}  // namespace espalier
