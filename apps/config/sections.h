#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "core/settings.h"

namespace espalier {

/// The settings of each section of a config, in the order in which they are written: what
/// validation, the JSON schema and the resolved config are generated from.
std::span<const SettingSpec> run_settings();  ///< the top level: name, seed, protocol
std::span<const SettingSpec> data_settings();
std::span<const SettingSpec> train_settings();

/// The optimizer's "type" where a config names none.
inline constexpr const char* default_optimizer = "adam";

/// What "calendar" may list.
std::vector<std::string> calendar_names();

/// Most columns that together hold the time of a row.
inline constexpr std::size_t most_time_columns = 2;

/// Shares that "split" lists under each protocol.
constexpr std::size_t split_size(Protocol protocol) {
  return protocol == Protocol::author ? 2 : 3;
}

/// As a config writes it: "honest" or "author".
const char* protocol_name(Protocol protocol);
/// Throws Error for any other text.
Protocol protocol_named(const std::string& name);

/// Between complete settings and their section; each pair is inverse to the other.
DataConfig data_from_settings(const Settings& settings);
Settings settings_from_data(const DataConfig& data);
TrainConfig train_from_settings(const Settings& settings);
Settings settings_from_train(const TrainConfig& train);

}  // namespace espalier
