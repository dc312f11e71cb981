#include "apps/config/check_quantiles.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/text.h"
#include "models/model.h"

namespace espalier {

void check_quantiles(const Config& config, const nlohmann::json& root, const Catalogue& catalogue,
                     Diagnostics& diagnostics) {
  const char* const loss_place = "/train/loss";
  const char* const levels_place = "/train/quantiles";
  const nlohmann::json::json_pointer pointer(loss_place);
  const std::vector<double>& levels = config.train.quantiles;
  if (!config.train.wants_quantiles()) {
    // A loss that is none has been told.
    const bool known = !root.contains(pointer) || root[pointer] == config.train.loss;
    if (levels.empty() || !known) return;
    diagnostics.at_value(levels_place,
                         fmt::format("the loss is {}, which forecasts no quantiles: set \"loss\": "
                                     "\"{}\", or leave the levels out",
                                     in_quotes(config.train.loss), quantile_loss));
    return;
  }
  const std::string problem = problem_of_quantiles(levels);
  if (!problem.empty()) diagnostics.at_value(levels_place, problem);
  if (config.protocol == Protocol::author) {
    diagnostics.at_value(loss_place,
                         "the published scripts, which protocol \"author\" repeats, forecast no "
                         "quantiles: use \"honest\", or the loss \"mse\"");
  }
  const auto model = std::ranges::find(catalogue.models, config.model.type, &ComponentInfo::name);
  if (model != catalogue.models.end() && !model->trainable) {
    diagnostics.at_value(loss_place,
                         fmt::format("the model {} has nothing to train, so it can't learn "
                                     "quantiles: choose another model, or another loss",
                                     in_quotes(model->name)));
  }
}

}  // namespace espalier
