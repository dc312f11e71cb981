#include "models/recurrent.h"

namespace espalier {

std::vector<SettingSpec> recurrent_settings() {
  return {{.name = "hidden",
           .type = SettingType::integer,
           .default_value = std::int64_t{64},
           .help = "Units per layer.",
           .minimum = 1,
           .maximum = 4096},
          {.name = "layers",
           .type = SettingType::integer,
           .default_value = std::int64_t{1},
           .help = "Layers on top of each other.",
           .minimum = 1,
           .maximum = 16}};
}

}  // namespace espalier
