#include "regularizers/sites.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"

namespace espalier {

namespace {

constexpr std::array<std::pair<const char*, Site>, 7> names{{
    {"input", Site::input},
    {"hidden", Site::hidden},
    {"recurrent", Site::recurrent},
    {"attention", Site::attention},
    {"residual", Site::residual},
    {"feed_forward", Site::feed_forward},
    {"head", Site::head},
}};

Site site_named(const std::string& name) {
  for (const auto& [known, site] : names) {
    if (name == known) return site;
  }
  throw Error("[sites] no site is named \"" + name + "\"");
}

}  // namespace

const char* site_name(Site site) {
  for (const auto& [name, known] : names) {
    if (site == known) return name;
  }
  throw Error("[sites] a site has no name");
}

SettingSpec sites_spec(std::vector<std::string> default_sites) {
  SettingSpec spec{.name = "sites",
                   .type = SettingType::texts,
                   .default_value = std::move(default_sites),
                   .help = "Where in the network it acts; head is the input of the output layer."};
  for (const auto& [name, site] : names) spec.choices.emplace_back(name);
  return spec;
}

std::vector<Site> sites_of(const Settings& settings) {
  std::vector<Site> sites;
  for (const std::string& name : settings.texts("sites")) sites.push_back(site_named(name));
  return sites;
}

bool contains(const std::vector<Site>& sites, Site site) {
  return std::ranges::find(sites, site) != sites.end();
}

}  // namespace espalier
