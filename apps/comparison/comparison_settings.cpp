#include <cstdint>
#include <variant>
#include <vector>

#include "apps/comparison/read_comparison.h"

namespace espalier {

namespace {

std::vector<SettingSpec> make_comparison_settings() {
  return {
      {.name = "trials",
       .type = SettingType::integer,
       .default_value = std::int64_t{5},
       .help = "Runs of each arm on each block, with the seeds seed, seed + 1, …",
       .minimum = 1,
       .maximum = 10'000},
      {.name = "reference",
       .type = SettingType::text,
       .default_value = std::monostate(),
       .help = "Arm that each other is tested against; null: the first.",
       .nullable = true},
      {.name = "question",
       .type = SettingType::text,
       .default_value = std::string(),
       .help = "What the comparison asks; opens the report."},
  };
}

}  // namespace

std::span<const SettingSpec> comparison_settings() {
  static const std::vector<SettingSpec> specs = make_comparison_settings();
  return specs;
}

}  // namespace espalier
