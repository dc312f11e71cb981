#include "regularizers/random_masks.h"

#include <utility>

#include "core/ops.h"

namespace espalier {

std::span<std::uint8_t> draw_keep_mask(const Forward& pass, RandomKey key, double rate,
                                       std::int64_t count) {
  const auto bytes = static_cast<std::size_t>(count);
  const std::span keep(reinterpret_cast<std::uint8_t*>(pass.tape().arena().allocate(bytes)), bytes);
  fill_keep_mask(key, rate, keep);
  return keep;
}

Var keep_scaled(Var x, std::span<const std::uint8_t> keep, double rate) {
  return mask_scale(x, keep, static_cast<real>(1 / (1 - rate)));
}

Var drop(const Forward& pass, RandomKey key, double rate, Var x) {
  return keep_scaled(x, draw_keep_mask(pass, key, rate, x.value().size()), rate);
}

SettingSpec rate_spec(double default_value, std::string help) {
  return {.name = "rate",
          .type = SettingType::number,
          .default_value = default_value,
          .help = std::move(help),
          .minimum = 0,
          .maximum = 0.999};
}

}  // namespace espalier
