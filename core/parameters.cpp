#include "core/parameters.h"

#include <algorithm>

#include "core/error.h"

namespace espalier {

namespace {
constexpr std::size_t elements_per_line = 64 / sizeof(real);
}

Tensor Parameter::value() const {
  return {owner_->values_.data() + offset_, shape_};
}

Tensor Parameter::grad() const {
  return {owner_->grads_.data() + offset_, shape_};
}

const LiveWeights* Parameter::live() const {
  return skips_pruned_ && !owner_->masks_stale_ ? &*live_ : nullptr;
}

std::span<std::uint8_t> Parameter::mask() const {
  return {owner_->masks_.data() + offset_, size()};
}

Parameter& Parameters::add(std::string name, ParameterKind kind, const Shape& shape,
                           const ParameterTraits& traits) {
  if (find(name) != nullptr) throw Error("[parameters] \"" + name + "\" is there already");
  const std::size_t offset = values_.size();
  Parameter& parameter =
      parameters_.emplace_back(*this, std::move(name), kind, shape, offset, traits);
  const std::size_t lines = (parameter.size() + elements_per_line - 1) / elements_per_line;
  const std::size_t end = offset + lines * elements_per_line;
  values_.resize(end);
  grads_.resize(end);
  masks_.resize(end, 1);
  for (State& state : states_) state.slab.resize(end);
  return parameter;
}

Parameter* Parameters::find(std::string_view name) {
  const auto found = std::ranges::find(parameters_, name, &Parameter::name);
  return found == parameters_.end() ? nullptr : &*found;
}

std::size_t Parameters::count() const {
  std::size_t count = 0;
  for (const Parameter& parameter : parameters_) count += parameter.size();
  return count;
}

AlignedVector<real>& Parameters::add_state(std::string name) {
  if (std::ranges::find(states_, name, &State::name) != states_.end()) {
    throw Error("[parameters] state \"" + name + "\" is there already");
  }
  return states_.emplace_back(State{std::move(name), AlignedVector<real>(values_.size())}).slab;
}

void Parameters::skip_pruned_from(double share) {
  skip_pruned_from_ = share;
  for (Parameter& parameter : parameters_) {
    const bool matrix = parameter.kind() == ParameterKind::weight && parameter.shape().rank() == 2;
    if (matrix && !parameter.live_) {
      parameter.live_.emplace(parameter.shape()[0], parameter.shape()[1]);
    }
  }
  masks_changed();
}

void Parameters::set_masks(std::span<const std::uint8_t> masks) {
  std::ranges::copy(masks, masks_.begin());
  masks_changed();
}

void Parameters::masks_changed() {
  masks_stale_ = false;
  for (Parameter& parameter : parameters_) {
    if (!parameter.live_) continue;
    const auto pruned = static_cast<double>(std::ranges::count(parameter.mask(), 0));
    parameter.skips_pruned_ =
        pruned > 0 && pruned >= skip_pruned_from_ * static_cast<double>(parameter.size());
    if (parameter.skips_pruned_) parameter.live_->assign(parameter.mask());
  }
}

void Parameters::zero_grad() {
  std::ranges::fill(grads_, real{0});
}

void Parameters::apply_masks() {
  kernels().zero_pruned(values_.size(), masks_.data(), values_.data());
}

void Parameters::mask_grads() {
  kernels().zero_pruned(grads_.size(), masks_.data(), grads_.data());
}

void Parameters::prune(std::size_t index, bool forget_state) {
  masks_[index] = 0;
  masks_stale_ = true;
  values_[index] = 0;
  if (forget_state) clear_state(index);
}

void Parameters::regrow(std::size_t index) {
  masks_[index] = 1;
  masks_stale_ = true;
  values_[index] = 0;
  clear_state(index);
}

void Parameters::clear_state(std::size_t index) {
  for (State& state : states_) state.slab[index] = 0;
}

}  // namespace espalier
