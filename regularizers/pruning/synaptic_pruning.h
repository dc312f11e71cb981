#pragma once

#include "regularizers/registry.h"

namespace espalier {

/// Synaptic pruning (Vos et al., arXiv 2508.09330): a preset of the pruning family. Under `honest`
/// it is Pruning by magnitude, single weights ranked over all layers, on a cubic ramp; under
/// `author` it is AuthorPruning. Training and evaluation: as these do.
RegularizerEntry synaptic_pruning_entry();

}  // namespace espalier
