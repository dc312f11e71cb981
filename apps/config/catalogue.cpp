#include "apps/config/catalogue.h"

#include "models/registry.h"
#include "optim/lr_schedule_registry.h"
#include "optim/registry.h"
#include "regularizers/registry.h"

namespace espalier {

namespace {

template <typename Entry>
std::vector<ComponentInfo> infos(const std::vector<Entry>& registry) {
  std::vector<ComponentInfo> list;
  for (const Entry& entry : registry) list.push_back(entry.info);
  return list;
}

}  // namespace

Catalogue registered_components() {
  return {.models = infos(model_registry()),
          .regularizers = infos(regularizer_registry()),
          .optimizers = infos(optimizer_registry()),
          .lr_schedules = infos(lr_schedule_registry())};
}

}  // namespace espalier
