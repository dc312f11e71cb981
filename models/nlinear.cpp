#include "models/nlinear.h"

#include <memory>

#include "core/ops.h"

namespace espalier {

NLinear::NLinear(const ForecastShape& shape)
    : Model(shape), linear_(parameters_, "linear", shape.window, shape.rows_per_target()) {
  shape_.own_past = shape.required_own_past("nlinear");
}

Var NLinear::forward(Forward& pass, Var x) const {
  const std::int64_t batch = x.shape()[2];
  x = select_features(pass.activation(Site::input, x), shape_.own_past);
  const Var series = reshape(x, {shape_.window, shape_.targets * batch});
  const Var last = named(select(series, shape_.window - 1), "last");
  const Var y = linear_.forward(pass, pass.activation(Site::head, sub(series, last)));
  return uncrossed(pass, reshape(add(y, last), {shape_.outputs(), batch}));
}

ModelEntry nlinear_entry() {
  return {{.name = "nlinear",
           .summary = "A linear layer on each target's own past, less its last value "
                      "(arXiv 2205.13504)."},
          [](const Settings&, const ForecastShape& shape) -> std::unique_ptr<Model> {
            return std::make_unique<NLinear>(shape);
          }};
}

}  // namespace espalier
