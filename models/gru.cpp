#include "models/gru.h"

#include <memory>

namespace espalier {

ModelEntry gru_entry() {
  return {{.name = "gru",
           .summary = "Stacked GRU layers; a linear layer reads the last hidden state.",
           .settings = recurrent_settings()},
          [](const Settings& settings, const ForecastShape& shape) -> std::unique_ptr<Model> {
            return std::make_unique<GruForecaster>(shape, "gru", settings.integer("hidden"),
                                                   settings.integer("layers"));
          },
          [](const Settings& settings, const ForecastShape& shape,
             const LayerSizes& sizes) -> std::unique_ptr<Model> {
            return std::make_unique<GruForecaster>(
                shape, "gru", from_layer_sizes(sizes, settings.integer("layers")));
          }};
}

}  // namespace espalier
