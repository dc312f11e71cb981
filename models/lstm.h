#pragma once

#include "layers/lstm.h"
#include "models/recurrent.h"
#include "models/registry.h"

namespace espalier {

/// Parameters lstm.* and fc.*.
using LstmForecaster = RecurrentForecaster<Lstm>;

ModelEntry lstm_entry();

}  // namespace espalier
