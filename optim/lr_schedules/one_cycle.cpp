#include "optim/lr_schedules/one_cycle.h"

#include <cmath>
#include <numbers>

namespace espalier {

namespace {

/// From `start` to `end` along half a cosine, as `done` goes from 0 to 1.
double anneal(double start, double end, double done) {
  return end + (start - end) * (1 + std::cos(std::numbers::pi * done)) / 2;
}

}  // namespace

double OneCycleLr::factor(const TrainingProgress& progress) const {
  const auto steps = static_cast<double>(progress.epochs * progress.batches_per_epoch);
  const auto step = static_cast<double>(progress.step());
  const double peak = options_.pct_start * steps - 1;  // the step of the maximum; may be fractional
  const double first = 1 / options_.div_factor;
  const double last = first / options_.final_div_factor;
  if (step <= peak) return anneal(first, 1, peak > 0 ? step / peak : 1);
  return anneal(1, last, (step - peak) / (steps - 1 - peak));
}

namespace {

SettingSpec divisor(const char* name, double value, const char* help) {
  return {.name = name,
          .type = SettingType::number,
          .default_value = value,
          .help = help,
          .minimum = 1};
}

}  // namespace

LrScheduleEntry one_cycle_lr_entry() {
  return {{.name = "one_cycle",
           .summary = "Raises the learning rate to the optimizer's, then lowers it to almost "
                      "nothing, step by step over the run.",
           .settings = {{.name = "pct_start",
                         .type = SettingType::number,
                         .default_value = 0.3,
                         .help = "Share of the run's steps on the way up.",
                         .minimum = 0,
                         .maximum = 1},
                        divisor("div_factor", 25.0, "The first rate is the optimizer's over this."),
                        divisor("final_div_factor", 1e4, "The last rate is the first over this.")}},
          [](const Settings& settings, const LrScheduleContext&) -> std::unique_ptr<LrSchedule> {
            return std::make_unique<OneCycleLr>(
                OneCycleLr::Options{.pct_start = settings.number("pct_start"),
                                    .div_factor = settings.number("div_factor"),
                                    .final_div_factor = settings.number("final_div_factor")});
          }};
}

}  // namespace espalier
