#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/forward.h"
#include "core/settings.h"

namespace espalier {

// What the regularizers that draw masks at every step share.

/// `count` entries, each 1 with probability 1 − rate and else 0, independently. They live in the
/// pass's arena. Where the pass knows its windows, the entries of each of these columns are drawn
/// from the stream of the window's number (equal numbers, equal entries); throws Error where they
/// don't come in whole rows of columns.
std::span<std::uint8_t> draw_keep_mask(const Forward& pass, RandomKey key, double rate,
                                       std::int64_t count);

/// x where `keep` is 1, scaled by 1/(1 − rate) so that the mean stays what it was; else 0.
Var keep_scaled(Var x, std::span<const std::uint8_t> keep, double rate);

/// Both in one: each element of x is dropped with probability `rate`.
Var drop(const Forward& pass, RandomKey key, double rate, Var x);

/// The setting "rate", a probability below 1.
SettingSpec rate_spec(double default_value, std::string help);

}  // namespace espalier
