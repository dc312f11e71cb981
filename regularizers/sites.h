#pragma once

#include <string>
#include <vector>

#include "core/regularizer.h"
#include "core/settings.h"

namespace espalier {

/// The setting "sites": where a regularizer of activations acts.
SettingSpec sites_spec(std::vector<std::string> default_sites);
std::vector<Site> sites_of(const Settings& settings);

}  // namespace espalier
