#include "regularizers/pruning/synaptic_pruning.h"

#include <memory>

#include "regularizers/pruning/author_rule.h"
#include "regularizers/pruning/pruning.h"
#include "regularizers/pruning/settings.h"

namespace espalier {

namespace {

constexpr const char* name = "synaptic_pruning";

std::vector<SettingSpec> specs() {
  std::vector<SettingSpec> specs{
      sparsity_spec("min_sparsity", 0.0, "Share of weights pruned at once when warm-up ends.", 2),
      sparsity_spec("max_sparsity", 0.7,
                    "Share of weights pruned at the end of the ramp; above 1 under author only.",
                    2)};
  specs.front().author_default = 0.3;
  for (const SettingSpec& spec : timing_specs()) specs.push_back(spec);
  for (const SettingSpec& spec : ramp_specs(" (honest)")) specs.push_back(spec);
  specs.push_back({.name = "live_floor",
                   .type = SettingType::integer,
                   .default_value = std::int64_t{1},
                   .help = "Weights every tensor keeps, however small they are (honest).",
                   .minimum = 0});
  return specs;
}

/// Empty if the settings make sense together.
std::string check(const Settings& settings, Protocol protocol) {
  const double low = settings.number("min_sparsity");
  const double high = settings.number("max_sparsity");
  if (low > high) return "min_sparsity exceeds max_sparsity";
  if (protocol == Protocol::honest && high > 1) {
    return "max_sparsity must be at most 1 under the honest protocol (author allows more: pruning "
           "then stops where nothing is left to rank)";
  }
  return "";
}

std::unique_ptr<Regularizer> make(const Settings& settings, const RegularizerContext& context) {
  const double low = settings.number("min_sparsity");
  const double high = settings.number("max_sparsity");
  const std::int64_t every = settings.integer("every");
  if (context.protocol == Protocol::author) {
    return std::make_unique<AuthorPruning>(
        AuthorPruning::Options{.min_sparsity = low,
                               .max_sparsity = high,
                               .warmup_epochs = settings.integer("warmup_epochs"),
                               .every = every});
  }
  // By magnitude, over all layers, single weights, on a cubic ramp: the family's defaults.
  PruningOptions options;
  options.name = name;
  options.schedule = ramp_of(name, settings, context.epochs);
  options.schedule.min_sparsity = low;
  options.schedule.max_sparsity = high;
  options.every = every;
  options.live_floor = settings.integer("live_floor");
  return std::make_unique<Pruning>(options, context.key);
}

}  // namespace

RegularizerEntry synaptic_pruning_entry() {
  return {{.name = "synaptic_pruning",
           .summary = "Removes the weakest weights for good, on a cubic ramp (arXiv 2508.09330).",
           .settings = specs(),
           .check = check},
          make};
}

}  // namespace espalier
