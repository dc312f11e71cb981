#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/component.h"
#include "models/model.h"

namespace espalier {

struct ModelEntry {
  ComponentInfo info;
  std::unique_ptr<Model> (*make)(const Settings&, const ForecastShape&);
};

/// Every model a config can name.
std::vector<ModelEntry> model_registry();

/// Throws Error for a type that is not registered.
std::unique_ptr<Model> make_model(std::string_view type, const Settings& settings,
                                  const ForecastShape& shape);

}  // namespace espalier
