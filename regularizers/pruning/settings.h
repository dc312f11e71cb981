#pragma once

#include <string>
#include <vector>

#include "core/settings.h"
#include "regularizers/pruning/pruning.h"

namespace espalier {

/// The settings of the family, as a config gives them.
std::vector<SettingSpec> pruning_specs();
/// Settings that are sound each by itself but not together; see ComponentInfo::check.
std::string check_pruning_settings(const Settings& settings, Protocol protocol);
/// What they mean in a run. Throws Error for a ramp that doesn't fit into its epochs.
PruningOptions pruning_options(const Settings& settings, const RegularizerContext& context);

// Settings that presets share.

/// A share of weights from 0 to `maximum`.
SettingSpec sparsity_spec(const char* name, SettingValue default_value, const char* help,
                          double maximum);
/// warmup_epochs and every.
std::vector<SettingSpec> timing_specs();
/// ramp_epochs and ramp. `where` goes into their help: where they apply.
std::vector<SettingSpec> ramp_specs(const std::string& where);
/// warmup_epochs, ramp_epochs and ramp, as timing_specs and ramp_specs describe them. Throws Error,
/// which begins with `name`, where they don't fit into the run.
PruningSchedule ramp_of(const std::string& name, const Settings& settings, std::int64_t epochs);

}  // namespace espalier
