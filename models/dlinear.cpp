#include "models/dlinear.h"

#include <memory>

#include "core/ops.h"

namespace espalier {

DLinear::DLinear(const ForecastShape& shape, std::int64_t kernel)
    : Model(shape),
      kernel_(kernel),
      linear_seasonal_(parameters_, "linear_seasonal", shape.window, shape.rows_per_target()),
      linear_trend_(parameters_, "linear_trend", shape.window, shape.rows_per_target()) {
  shape_.own_past = shape.required_own_past("dlinear");
}

void DLinear::initialise(RandomKey key) {
  linear_seasonal_.initialise(key);
  linear_trend_.initialise(key);
}

Var DLinear::forward(Forward& pass, Var x) const {
  const std::int64_t batch = x.shape()[2];
  x = select_features(pass.activation(Site::input, x), shape_.own_past);
  const Var series = reshape(x, {shape_.window, shape_.targets * batch});
  const Var trend = named(moving_average(series, kernel_), "trend");
  const Var seasonal = named(sub(series, trend), "seasonal");
  const Var y = add(linear_seasonal_.forward(pass, pass.activation(Site::head, seasonal)),
                    linear_trend_.forward(pass, pass.activation(Site::head, trend)));
  return uncrossed(pass, reshape(y, {shape_.outputs(), batch}));
}

ModelEntry dlinear_entry() {
  return {{.name = "dlinear",
           .summary = "Linear layers on the trend and the rest of each target's own past "
                      "(arXiv 2205.13504).",
           .settings = {{.name = "kernel",
                         .type = SettingType::integer,
                         .default_value = std::int64_t{25},
                         .help = "Rows of the moving average that is the trend; odd.",
                         .minimum = 1,
                         .maximum = 1e6}},
           .check = [](const Settings& settings, Protocol) -> std::string {
             if (settings.integer("kernel") % 2 == 1) return "";
             return "kernel is " + std::to_string(settings.integer("kernel")) +
                    ", expected an odd number: as many rows before as after";
           }},
          [](const Settings& settings, const ForecastShape& shape) -> std::unique_ptr<Model> {
            return std::make_unique<DLinear>(shape, settings.integer("kernel"));
          }};
}

}  // namespace espalier
