#pragma once

namespace espalier {

/// `espalier list`: every registered model, regularizer, optimizer and learning-rate schedule with
/// its settings. With `json`, as one JSON object.
void list(bool json);

}  // namespace espalier
