#include "models/persistence.h"

#include <memory>

#include "core/ops.h"

namespace espalier {

Persistence::Persistence(const ForecastShape& shape) : Model(shape) {
  shape_.own_past = shape.required_own_past("persistence");
}

Var Persistence::forward(Forward& pass, Var x) const {
  x = pass.activation(Site::input, x);
  const Var last = select(select_features(x, shape_.own_past), shape_.window - 1);
  return repeat_rows(last, shape_.horizon);
}

ModelEntry persistence_entry() {
  return {{.name = "persistence",
           .summary = "Repeats the last known value; a baseline without parameters.",
           .trainable = false},
          [](const Settings&, const ForecastShape& shape) -> std::unique_ptr<Model> {
            return std::make_unique<Persistence>(shape);
          }};
}

}  // namespace espalier
