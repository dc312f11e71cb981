#include "models/lstm.h"

#include <memory>

#include "core/ops.h"

namespace espalier {

LstmForecaster::LstmForecaster(const ForecastShape& shape, std::int64_t hidden, std::int64_t layers)
    : lstm_(parameters_, "lstm", shape.features, hidden, layers),
      fc_(parameters_, "fc", hidden, shape.horizon) {}

void LstmForecaster::initialise(RandomKey key) {
  lstm_.initialise(key);
  fc_.initialise(key);
}

Var LstmForecaster::forward(Forward& pass, Var x) const {
  x = pass.activation(Site::input, x);
  const Var states = lstm_.forward(pass, x);
  const Var last = select(states, states.shape()[0] - 1);
  return fc_.forward(pass, pass.activation(Site::head, last));
}

ModelEntry lstm_entry() {
  return {{.name = "lstm",
           .summary = "Stacked LSTM layers; a linear layer reads the last hidden state.",
           .settings = {{.name = "hidden",
                         .type = SettingType::integer,
                         .default_value = std::int64_t{64},
                         .help = "Units per layer.",
                         .minimum = 1,
                         .maximum = 4096},
                        {.name = "layers",
                         .type = SettingType::integer,
                         .default_value = std::int64_t{1},
                         .help = "Layers on top of each other.",
                         .minimum = 1,
                         .maximum = 16}}},
          [](const Settings& settings, const ForecastShape& shape) -> std::unique_ptr<Model> {
            return std::make_unique<LstmForecaster>(shape, settings.integer("hidden"),
                                                    settings.integer("layers"));
          }};
}

}  // namespace espalier
