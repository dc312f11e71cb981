#include "optim/lr_schedules/constant.h"

namespace espalier {

LrScheduleEntry constant_lr_entry() {
  return {{.name = "constant",
           .summary = "Leaves the learning rate as it is: the control arm.",
           .settings = {}},
          [](const Settings&, const LrScheduleContext&) -> std::unique_ptr<LrSchedule> {
            return std::make_unique<ConstantLr>();
          }};
}

}  // namespace espalier
