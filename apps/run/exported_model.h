#pragma once

#include <string>

#include "apps/run/trained_model.h"

namespace espalier {

/// One safetensors file with PyTorch's names. Its metadata hold the description as "config" and,
/// where `sizes` are not those of the settings, {"hidden": [12, 7]} as "sizes".
void write_exported_model(const std::string& path, const TrainedModel& trained,
                          const LayerSizes& sizes);

/// The reverse: a model of the sizes in the file. Throws Error for a file that `espalier export`
/// didn't write.
TrainedModel load_exported_model(const std::string& path);

}  // namespace espalier
