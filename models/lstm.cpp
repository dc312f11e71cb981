#include "models/lstm.h"

#include <memory>

namespace espalier {

ModelEntry lstm_entry() {
  return {{.name = "lstm",
           .summary = "Stacked LSTM layers; a linear layer reads the last hidden state.",
           .settings = recurrent_settings()},
          [](const Settings& settings, const ForecastShape& shape) -> std::unique_ptr<Model> {
            return std::make_unique<LstmForecaster>(shape, "lstm", settings.integer("hidden"),
                                                    settings.integer("layers"));
          },
          [](const Settings& settings, const ForecastShape& shape,
             const LayerSizes& sizes) -> std::unique_ptr<Model> {
            return std::make_unique<LstmForecaster>(
                shape, "lstm", from_layer_sizes(sizes, settings.integer("layers")));
          }};
}

}  // namespace espalier
