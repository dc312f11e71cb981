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
  /// With layers of other sizes than the settings say; nullptr where `compacted` changes nothing.
  /// Throws Error for sizes that don't fit each other.
  std::unique_ptr<Model> (*make_sized)(const Settings&, const ForecastShape&,
                                       const LayerSizes&) = nullptr;
};

/// Every model a config can name.
std::vector<ModelEntry> model_registry();

/// With `sizes`, a compacted one. Throws Error for a type that is not registered, for sizes that it
/// has no use for, and for quantiles of a model that isn't trainable.
std::unique_ptr<Model> make_model(std::string_view type, const Settings& settings,
                                  const ForecastShape& shape, const LayerSizes& sizes = {});

}  // namespace espalier
