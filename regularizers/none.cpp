#include "regularizers/none.h"

namespace espalier {

RegularizerEntry none_entry() {
  return {{.name = "none", .summary = "Does nothing: the control arm.", .settings = {}},
          [](const Settings&, const RegularizerContext&) -> std::unique_ptr<Regularizer> {
            return std::make_unique<None>();
          }};
}

}  // namespace espalier
