#include "models/rnn.h"

#include <memory>

namespace espalier {

namespace {

std::vector<SettingSpec> settings() {
  std::vector<SettingSpec> specs = recurrent_settings();
  specs.push_back({.name = "nonlinearity",
                   .type = SettingType::text,
                   .default_value = "tanh",
                   .help = "What each new state goes through.",
                   .choices = {"tanh", "relu"}});
  return specs;
}

RnnNonlinearity nonlinearity_of(const Settings& settings) {
  return settings.text("nonlinearity") == "relu" ? RnnNonlinearity::relu : RnnNonlinearity::tanh;
}

std::unique_ptr<Model> make(const Settings& settings, const ForecastShape& shape) {
  return std::make_unique<RnnForecaster>(shape, "rnn", settings.integer("hidden"),
                                         settings.integer("layers"), nonlinearity_of(settings));
}

std::unique_ptr<Model> make_sized(const Settings& settings, const ForecastShape& shape,
                                  const LayerSizes& sizes) {
  return std::make_unique<RnnForecaster>(
      shape, "rnn", from_layer_sizes(sizes, settings.integer("layers")), nonlinearity_of(settings));
}

}  // namespace

ModelEntry rnn_entry() {
  return {{.name = "rnn",
           .summary = "Stacked Elman layers; a linear layer reads the last hidden state.",
           .settings = settings()},
          make,
          make_sized};
}

}  // namespace espalier
