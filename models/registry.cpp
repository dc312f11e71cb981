#include "models/registry.h"

#include "core/error.h"
#include "models/gru.h"
#include "models/lstm.h"
#include "models/rnn.h"

namespace espalier {

std::vector<ModelEntry> model_registry() {
  return {rnn_entry(), gru_entry(), lstm_entry()};
}

std::unique_ptr<Model> make_model(std::string_view type, const Settings& settings,
                                  const ForecastShape& shape) {
  for (const ModelEntry& entry : model_registry()) {
    if (entry.info.name == type) return entry.make(settings, shape);
  }
  throw Error("[model] no model is named \"" + std::string(type) + "\"");
}

}  // namespace espalier
