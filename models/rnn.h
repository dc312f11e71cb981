#pragma once

#include "layers/rnn.h"
#include "models/recurrent.h"
#include "models/registry.h"

namespace espalier {

/// Parameters rnn.* and fc.*.
using RnnForecaster = RecurrentForecaster<Rnn>;

ModelEntry rnn_entry();

}  // namespace espalier
