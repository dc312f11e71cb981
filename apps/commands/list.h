#pragma once

namespace espalier {

/// `espalier list`: every registered model, regularizer and optimizer with its settings. With
/// `json`, as one JSON object.
void list(bool json);

}  // namespace espalier
