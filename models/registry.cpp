#include "models/registry.h"

#include "core/error.h"
#include "models/dlinear.h"
#include "models/gru.h"
#include "models/linear.h"
#include "models/lstm.h"
#include "models/nlinear.h"
#include "models/patch_transformer.h"
#include "models/persistence.h"
#include "models/rnn.h"
#include "models/seasonal_naive.h"

namespace espalier {

std::vector<ModelEntry> model_registry() {
  return {rnn_entry(),         gru_entry(),           lstm_entry(),    patch_transformer_entry(),
          patchtst_entry(),    linear_entry(),        dlinear_entry(), nlinear_entry(),
          persistence_entry(), seasonal_naive_entry()};
}

std::unique_ptr<Model> make_model(std::string_view type, const Settings& settings,
                                  const ForecastShape& shape, const LayerSizes& sizes) {
  for (const ModelEntry& entry : model_registry()) {
    if (entry.info.name != type) continue;
    if (!entry.info.trainable && !shape.quantiles.empty()) {
      throw Error("[" + entry.info.name + "] has nothing to train and can't forecast quantiles");
    }
    if (sizes.empty()) return entry.make(settings, shape);
    if (entry.make_sized != nullptr) return entry.make_sized(settings, shape, sizes);
    throw Error("[" + entry.info.name + "] has no layers of different sizes, but \"" +
                sizes.begin()->first + "\" is given");
  }
  throw Error("[model] no model is named \"" + std::string(type) + "\"");
}

}  // namespace espalier
