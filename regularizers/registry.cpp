#include "regularizers/registry.h"

#include "core/error.h"
#include "regularizers/dropout.h"
#include "regularizers/l1.h"
#include "regularizers/max_norm.h"
#include "regularizers/mc_dropout.h"
#include "regularizers/none.h"
#include "regularizers/pruning/pruning.h"
#include "regularizers/pruning/synaptic_pruning.h"
#include "regularizers/variational_dropout.h"
#include "regularizers/weight_decay.h"
#include "regularizers/weight_drop.h"
#include "regularizers/zoneout.h"

namespace espalier {

std::vector<RegularizerEntry> regularizer_registry() {
  return {none_entry(),     dropout_entry(),     variational_dropout_entry(), mc_dropout_entry(),
          zoneout_entry(),  weight_drop_entry(), weight_decay_entry(),        l1_entry(),
          max_norm_entry(), pruning_entry(),     synaptic_pruning_entry()};
}

std::unique_ptr<Regularizer> make_regularizer(std::string_view type, const Settings& settings,
                                              const RegularizerContext& context) {
  for (const RegularizerEntry& entry : regularizer_registry()) {
    if (entry.info.name == type) return entry.make(settings, context);
  }
  throw Error("[regularizer] no regularizer is named \"" + std::string(type) + "\"");
}

}  // namespace espalier
