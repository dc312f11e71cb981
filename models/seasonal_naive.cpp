#include "models/seasonal_naive.h"

#include <algorithm>
#include <memory>

#include "core/error.h"
#include "core/ops.h"

namespace espalier {

SeasonalNaive::SeasonalNaive(const ForecastShape& shape, std::int64_t season)
    : Model(shape), season_(season) {
  shape_.own_past = shape.required_own_past("seasonal_naive");
  if (season <= shape.window) return;
  throw Error("[seasonal_naive] season is " + std::to_string(season) + " rows, but a window has " +
              std::to_string(shape.window) + ": lengthen the window or shorten the season");
}

Var SeasonalNaive::forward(Forward& pass, Var x) const {
  const std::int64_t batch = x.shape()[2];
  x = select_features(pass.activation(Site::input, x), shape_.own_past);
  const std::int64_t rows = std::min(season_, shape_.horizon);
  const Var last_season = slice(x, shape_.window - season_, shape_.window - season_ + rows);
  // Whole seasons more than are asked for, then what is.
  const std::int64_t seasons = (shape_.horizon + season_ - 1) / season_;
  const Var flat = reshape(last_season, {rows * shape_.targets, batch});
  return slice(repeat_rows(flat, seasons), 0, shape_.outputs());
}

ModelEntry seasonal_naive_entry() {
  return {{.name = "seasonal_naive",
           .summary = "Repeats the last season; a baseline without parameters.",
           .settings = {{.name = "season",
                         .type = SettingType::integer,
                         .default_value = std::int64_t{1},
                         .help = "Rows in one season; 1 is persistence.",
                         .minimum = 1,
                         .maximum = 1e6}},
           .trainable = false},
          [](const Settings& settings, const ForecastShape& shape) -> std::unique_ptr<Model> {
            return std::make_unique<SeasonalNaive>(shape, settings.integer("season"));
          }};
}

}  // namespace espalier
