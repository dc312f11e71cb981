#pragma once

#include <string>
#include <vector>

#include "core/regularizer.h"
#include "core/settings.h"

namespace espalier {

/// As a config names it.
const char* site_name(Site site);

/// The setting "sites": where a regularizer of activations acts.
SettingSpec sites_spec(std::vector<std::string> default_sites);
/// The sites it names. Throws Error for a name that is none.
std::vector<Site> sites_of(const Settings& settings);

bool contains(const std::vector<Site>& sites, Site site);

}  // namespace espalier
