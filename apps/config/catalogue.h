#pragma once

#include <vector>

#include "core/component.h"

namespace espalier {

/// Everything a config can name by "type", copied from the registries.
struct Catalogue {
  std::vector<ComponentInfo> models;
  std::vector<ComponentInfo> regularizers;
  std::vector<ComponentInfo> optimizers;
  std::vector<ComponentInfo> lr_schedules;
};

/// The catalogue of this build's registries.
Catalogue registered_components();

}  // namespace espalier
