#pragma once

#include "layers/gru.h"
#include "models/recurrent.h"
#include "models/registry.h"

namespace espalier {

/// Parameters gru.* and fc.*.
using GruForecaster = RecurrentForecaster<Gru>;

ModelEntry gru_entry();

}  // namespace espalier
