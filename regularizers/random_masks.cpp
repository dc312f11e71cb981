#include "regularizers/random_masks.h"

#include <string>
#include <utility>

#include "core/error.h"
#include "core/ops.h"

namespace espalier {

namespace {

std::span<std::uint8_t> allocate(const Forward& pass, std::size_t bytes) {
  return {reinterpret_cast<std::uint8_t*>(pass.tape().arena().allocate(bytes)), bytes};
}

/// Column by column: `keep` is [rows, windows].
void fill_by_window(const Forward& pass, RandomKey key, double rate, std::span<std::uint8_t> keep) {
  const std::span<const std::size_t> windows = pass.windows();
  if (keep.size() % windows.size() != 0) {
    throw Error("[random masks] " + std::to_string(keep.size()) + " entries for " +
                std::to_string(windows.size()) + " windows, expected whole rows of them");
  }
  const std::span<std::uint8_t> column = allocate(pass, keep.size() / windows.size());
  for (std::size_t b = 0; b < windows.size(); ++b) {
    fill_keep_mask(key.derive(windows[b]), rate, column);
    for (std::size_t row = 0; row < column.size(); ++row) {
      keep[row * windows.size() + b] = column[row];
    }
  }
}

}  // namespace

std::span<std::uint8_t> draw_keep_mask(const Forward& pass, RandomKey key, double rate,
                                       std::int64_t count) {
  const std::span<std::uint8_t> keep = allocate(pass, static_cast<std::size_t>(count));
  if (pass.windows().empty()) {
    fill_keep_mask(key, rate, keep);
  } else {
    fill_by_window(pass, key, rate, keep);
  }
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
