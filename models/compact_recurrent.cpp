#include "models/compact_recurrent.h"

#include <algorithm>
#include <functional>

namespace espalier {

namespace {

using RecurrentLayer = RecurrentLayers::Layer;

std::int64_t gates_of(const RecurrentLayer& layer) {
  return layer.weight_hh.shape()[0] / layer.hidden();
}

IndexList gate_rows(const RecurrentLayer& layer, const IndexList& units) {
  return espalier::rows_of(units, layer.hidden(), gates_of(layer));
}

std::int64_t steps_of(const Parameter& bias) {
  return bias.shape().rank() == 2 ? bias.shape()[0] : 1;
}

/// The units of each layer from which a path of weights leads to the output.
std::vector<std::vector<bool>> needed_units(std::span<const RecurrentLayer> layers,
                                            const Linear& fc) {
  std::vector<std::vector<bool>> needed(layers.size());
  const Parameter* reader = &fc.weight();
  IndexList reading = all_of(fc.weight().shape()[0]);
  for (std::size_t k = layers.size(); k-- > 0;) {
    const auto count = static_cast<std::size_t>(layers[k].hidden());
    needed[k].resize(count);
    IndexList fresh;
    for (std::size_t j = 0; j < count; ++j) {
      if (is_zero(*reader, reading, {static_cast<std::int64_t>(j)})) continue;
      needed[k][j] = true;
      fresh.push_back(static_cast<std::int64_t>(j));
    }
    while (!fresh.empty()) {
      const IndexList rows = gate_rows(layers[k], {fresh.back()});
      fresh.pop_back();
      for (std::size_t j = 0; j < count; ++j) {
        if (needed[k][j] || is_zero(layers[k].weight_hh, rows, {static_cast<std::int64_t>(j)})) {
          continue;
        }
        needed[k][j] = true;
        fresh.push_back(static_cast<std::int64_t>(j));
      }
    }
    reader = &layers[k].weight_ih;
    reading = gate_rows(layers[k], which(needed[k]));
  }
  return needed;
}

/// The units of each layer to which no path of weights leads from the input.
std::vector<std::vector<bool>> fixed_units(std::span<const RecurrentLayer> layers) {
  std::vector<std::vector<bool>> fixed(layers.size());
  IndexList varying_inputs = all_of(layers[0].weight_ih.shape()[1]);
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const auto count = static_cast<std::size_t>(layers[k].hidden());
    fixed[k].assign(count, true);
    IndexList varying;
    const auto release = [&](const Parameter& weight, const IndexList& columns) {
      const std::size_t before = varying.size();
      for (std::size_t i = 0; i < count; ++i) {
        const auto unit = static_cast<std::int64_t>(i);
        if (!fixed[k][i] || is_zero(weight, gate_rows(layers[k], {unit}), columns)) continue;
        fixed[k][i] = false;
        varying.push_back(unit);
      }
      return varying.size() > before;
    };
    release(layers[k].weight_ih, varying_inputs);
    while (release(layers[k].weight_hh, varying)) {
    }
    varying_inputs = varying;
  }
  return fixed;
}

/// Each step of `to` ← the same step of `bias`, in the rows, and what the folded units add to it by
/// their weights; `state` of a step is nullptr where they are 0.
void fold(const Parameter& bias, const Parameter& weight, const IndexList& rows,
          const IndexList& folded, const std::function<const real*(std::int64_t)>& state,
          const Parameter& to) {
  const std::int64_t height = weight.shape()[0];
  const std::int64_t width = weight.shape()[1];
  real* next = to.value().data;
  for (std::int64_t t = 0; t < steps_of(to); ++t) {
    const real* given = bias.value().data + (steps_of(bias) > 1 ? t * height : 0);
    const real* states = state(t);
    for (const std::int64_t row : rows) {
      auto sum = static_cast<double>(given[row]);
      for (const std::int64_t j : folded) {
        if (states == nullptr) break;
        sum +=
            static_cast<double>(weight.value()[row * width + j]) * static_cast<double>(states[j]);
      }
      *next++ = static_cast<real>(sum);
    }
  }
}

}  // namespace

RecurrentCompaction::RecurrentCompaction(const RecurrentNetwork& network,
                                         std::span<const Var> states, bool fold)
    : network_(network), layers_(network.layers.layers()), states_(states) {
  choose(fold);
  measure();
}

void RecurrentCompaction::choose(bool fold) {
  const auto needed = needed_units(layers_, network_.fc);
  const auto fixed = fixed_units(layers_);
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    std::vector<bool> kept = needed[k];
    for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = kept[i] && !(fold && fixed[k][i]);
    keep_one(kept);
    std::vector<bool> folded = needed[k];
    for (std::size_t i = 0; i < kept.size(); ++i) folded[i] = folded[i] && !kept[i];
    units_.push_back({which(kept), which(folded)});
  }
}

void RecurrentCompaction::measure() {
  const std::int64_t window = states_[0].shape()[0];
  IndexList folded_inputs;
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const RecurrentLayer& layer = layers_[k];
    const IndexList rows = gate_rows(layer, units_[k].kept);
    const auto steps = [&](const Parameter& bias, const Parameter& weight,
                           const IndexList& folded) {
      return is_zero(weight, rows, folded) ? steps_of(bias) : window;
    };
    sizes_.push_back(
        {.hidden = std::ssize(units_[k].kept),
         .input_bias_steps = steps(layer.bias_ih, layer.weight_ih, folded_inputs),
         .recurrent_bias_steps = steps(layer.bias_hh, layer.weight_hh, units_[k].folded)});
    folded_inputs = units_[k].folded;
  }
}

const real* RecurrentCompaction::state(std::size_t layer, std::int64_t t) const {
  return t < 0 ? nullptr : states_[layer].value().slice(t).data;
}

void RecurrentCompaction::fill_layer(std::size_t k, const RecurrentLayer& to) const {
  const RecurrentLayer& from = layers_[k];
  const IndexList rows = gate_rows(from, units_[k].kept);
  const bool first = k == 0;
  gather(from.weight_ih, rows, first ? all_of(from.weight_ih.shape()[1]) : units_[k - 1].kept,
         to.weight_ih);
  gather(from.weight_hh, rows, units_[k].kept, to.weight_hh);
  fold(
      from.bias_ih, from.weight_ih, rows, first ? IndexList{} : units_[k - 1].folded,
      [&](std::int64_t t) { return first ? nullptr : state(k - 1, t); }, to.bias_ih);
  fold(
      from.bias_hh, from.weight_hh, rows, units_[k].folded,
      [&](std::int64_t t) { return state(k, t - 1); }, to.bias_hh);
}

void RecurrentCompaction::fill(const RecurrentNetwork& smaller) const {
  for (std::size_t k = 0; k < layers_.size(); ++k) fill_layer(k, smaller.layers.layers()[k]);
  const Parameter& weight = network_.fc.weight();
  const IndexList rows = all_of(weight.shape()[0]);
  const std::size_t top = layers_.size() - 1;
  gather(weight, rows, units_[top].kept, smaller.fc.weight());
  const std::int64_t last = states_[top].shape()[0] - 1;
  fold(
      network_.fc.bias(), weight, rows, units_[top].folded,
      [&](std::int64_t) { return state(top, last); }, smaller.fc.bias());
}

LayerSizes to_layer_sizes(const RecurrentLayers& layers) {
  LayerSizes sizes;
  for (const RecurrentLayer& layer : layers.layers()) {
    sizes["hidden"].push_back(layer.hidden());
    sizes["input_bias_steps"].push_back(steps_of(layer.bias_ih));
    sizes["recurrent_bias_steps"].push_back(steps_of(layer.bias_hh));
  }
  return sizes;
}

std::vector<RecurrentLayerSize> from_layer_sizes(const LayerSizes& sizes,
                                                 std::int64_t layer_count) {
  const auto of = [&](const char* name) -> const std::vector<std::int64_t>& {
    return required_sizes(sizes, name, layer_count);
  };
  std::vector<RecurrentLayerSize> layers;
  for (std::size_t k = 0; k < static_cast<std::size_t>(layer_count); ++k) {
    layers.push_back({.hidden = of("hidden")[k],
                      .input_bias_steps = of("input_bias_steps")[k],
                      .recurrent_bias_steps = of("recurrent_bias_steps")[k]});
  }
  return layers;
}

}  // namespace espalier
