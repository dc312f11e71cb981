#include "core/random.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "core/kernels/kernels.h"

namespace espalier {

namespace {

constexpr std::array<std::uint32_t, 2> split(std::uint64_t value) {
  return {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32)};
}

std::array<std::uint32_t, 4> block(RandomKey key, std::uint64_t index) {
  return philox({split(index)[0], split(index)[1], 0, 0}, split(key.value()));
}

/// Keeps the counters of derivation apart from those of drawing.
std::uint64_t hash(std::uint64_t key, std::uint64_t tag) {
  const auto words = philox({split(tag)[0], split(tag)[1], 1, 0}, split(key));
  return words[0] | std::uint64_t{words[1]} << 32;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {split(product1)[1] ^ counter[1] ^ key[0], split(product1)[0],
               split(product0)[1] ^ counter[3] ^ key[1], split(product0)[0]};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

RandomKey RandomKey::derive(std::uint64_t tag) const {
  return RandomKey(hash(value_, tag));
}

RandomKey RandomKey::derive(std::string_view purpose) const {
  std::uint64_t fnv1a = 0xCBF29CE484222325;
  for (const char letter : purpose) {
    fnv1a = (fnv1a ^ static_cast<unsigned char>(letter)) * 0x100000001B3;
  }
  return derive(fnv1a);
}

std::uint32_t RandomStream::word() {
  const std::size_t lane = position_ % 4;
  if (lane == 0) words_ = block(key_, position_ / 4);
  ++position_;
  return words_[lane];
}

double RandomStream::uniform() {
  const std::uint64_t high = word() >> 5;  // 27 bits
  const std::uint64_t low = word() >> 6;   // 26 bits
  return static_cast<double>(high << 26 | low) * 0x1p-53;
}

std::uint64_t RandomStream::below(std::uint64_t bound) {
  // Draws from the incomplete last group of `bound` would favour small results: draw again.
  const std::uint64_t incomplete = (std::uint64_t{0} - bound) % bound;
  while (true) {
    const std::uint64_t high = word();
    const std::uint64_t draw = high << 32 | word();
    if (draw >= incomplete) return draw % bound;
  }
}

void fill_uniform(RandomKey key, double low, double high, std::span<real> values) {
  RandomStream stream(key);
  for (real& value : values) {
    value = static_cast<real>(low + (high - low) * stream.uniform());
  }
}

void fill_normal(RandomKey key, std::span<real> values) {
  RandomStream stream(key);
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const double radius = std::sqrt(-2 * std::log(1 - stream.uniform()));  // 1 − u is never 0
    const double angle = 2 * std::numbers::pi * stream.uniform();
    values[i] = static_cast<real>(radius * std::cos(angle));
    if (i + 1 < values.size()) values[i + 1] = static_cast<real>(radius * std::sin(angle));
  }
}

void fill_keep_mask(RandomKey key, double rate, std::span<std::uint8_t> keep) {
  const auto drop_below = static_cast<std::uint32_t>(std::lround(rate * 0x1p16));
  kernels().keep_mask(key.value(), drop_below, keep.size(), keep.data());
}

void shuffle(RandomKey key, std::span<std::size_t> items) {
  RandomStream stream(key);
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[stream.below(i)]);
  }
}

}  // namespace espalier
