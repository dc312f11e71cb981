#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "core/parameters.h"
#include "core/random.h"

namespace espalier::test {

/// Small integers over 4 between −1 and 1 (never 0): many ties, and exact in any order of adding.
inline real quarter(RandomStream& draws) {
  const auto steps = static_cast<real>(1 + draws.below(4));
  return (draws.below(2) == 0 ? steps : -steps) / 4;
}

inline void fill_quarters(RandomKey key, std::span<real> values) {
  RandomStream draws(key);
  for (real& value : values) value = quarter(draws);
}

/// Parameters with everything that pruning knows of: attention with two heads, a recurrent layer of
/// two units with four gates, a plain matrix whose rows don't divide by 4, and a bias.
struct PruningModel {
  PruningModel()
      : in_proj(parameters.add("in_proj_weight", ParameterKind::weight, {12, 4},
                               {.blocks = 3, .heads = 2})),
        out_proj(parameters.add("out_proj.weight", ParameterKind::weight, {4, 4},
                                {.heads = 2, .heads_in_columns = true, .same_heads_as = &in_proj})),
        bias(parameters.add("bias", ParameterKind::bias, {7})),
        weight_ih(parameters.add("weight_ih", ParameterKind::weight, {8, 3}, {.blocks = 4})),
        weight_hh(parameters.add("weight_hh", ParameterKind::weight, {8, 2},
                                 {.blocks = 4, .same_units_as = &weight_ih, .recurrent = true})),
        plain(parameters.add("plain", ParameterKind::weight, {3, 5})),
        moment(parameters.add_state("moment")) {
    for (const Parameter& parameter : parameters.all()) {
      fill_quarters(RandomKey(1).derive(parameter.name()), parameter.value().span());
    }
  }

  Parameters parameters;
  Parameter& in_proj;
  Parameter& out_proj;
  Parameter& bias;
  Parameter& weight_ih;
  Parameter& weight_hh;
  Parameter& plain;
  AlignedVector<real>& moment;
};

/// Fills all values and gradients by fill(key, span), each from a key of its own. The gaps between
/// parameters stay 0.
template <typename Fill>
void fill_all(Parameters& parameters, RandomKey key, Fill fill) {
  for (const Parameter& parameter : parameters.all()) {
    fill(key.derive("values").derive(parameter.name()), parameter.value().span());
    fill(key.derive("grads").derive(parameter.name()), parameter.grad().span());
  }
}

inline void fill_unit_uniform(RandomKey key, std::span<real> values) {
  fill_uniform(key, -1, 1, values);
}

/// The mask row by row, 1 = pruned.
inline std::string pruned_marks(const Parameter& tensor) {
  std::string text;
  for (const std::uint8_t live : tensor.mask()) text += live ? '0' : '1';
  return text;
}

inline std::int64_t pruned_count(const Parameter& tensor) {
  return std::ranges::count(tensor.mask(), 0);
}

/// Calls check(live weights, length) for every block of m weights in the rows of a matrix.
template <typename Check>
void for_each_block(const Parameter& tensor, std::int64_t m, Check check) {
  const std::int64_t columns = tensor.shape()[1];
  for (std::int64_t r = 0; r < tensor.shape()[0]; ++r) {
    for (std::int64_t first = 0; first < columns; first += m) {
      const std::int64_t length = std::min(m, columns - first);
      const auto begin = static_cast<std::size_t>(r * columns + first);
      const auto block = tensor.mask().subspan(begin, static_cast<std::size_t>(length));
      check(std::ranges::count(block, 1), length);
    }
  }
}

}  // namespace espalier::test
