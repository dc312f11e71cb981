#include "models/linear.h"

#include <memory>

#include "core/ops.h"

namespace espalier {

LinearModel::LinearModel(const ForecastShape& shape, bool channel_independent)
    : Model(shape),
      channel_independent_(channel_independent),
      linear_(parameters_, "linear", shape.window * (channel_independent ? 1 : shape.features),
              channel_independent ? shape.rows_per_target() : shape.outputs()) {
  if (channel_independent) shape_.own_past = shape.required_own_past("linear");
}

Var LinearModel::forward(Forward& pass, Var x) const {
  const std::int64_t batch = x.shape()[2];
  x = pass.activation(Site::input, x);
  if (!channel_independent_) {
    const Var flat = reshape(x, {shape_.window * shape_.features, batch});
    return uncrossed(pass, linear_.forward(pass, pass.activation(Site::head, flat)));
  }
  const Var series =
      reshape(select_features(x, shape_.own_past), {shape_.window, shape_.targets * batch});
  const Var y = linear_.forward(pass, pass.activation(Site::head, series));
  return uncrossed(pass, reshape(y, {shape_.outputs(), batch}));
}

ModelEntry linear_entry() {
  return {{.name = "linear",
           .summary = "One linear layer from the whole window to the whole horizon.",
           .settings = {{.name = "channel_independent",
                         .type = SettingType::boolean,
                         .default_value = false,
                         .help = "Forecast each target from its own past alone, with weights "
                                 "shared by all targets."}}},
          [](const Settings& settings, const ForecastShape& shape) -> std::unique_ptr<Model> {
            return std::make_unique<LinearModel>(shape, settings.boolean("channel_independent"));
          }};
}

}  // namespace espalier
