#include "regularizers/pruning/groups.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace espalier {

namespace {

/// A tensor as a matrix: what enters one unit is a row.
struct Matrix {
  std::int64_t rows;
  std::int64_t columns;
};

Matrix matrix_of(const Parameter& tensor) {
  const auto size = static_cast<std::int64_t>(tensor.size());
  // A vector is one row.
  const std::int64_t rows = tensor.shape().rank() < 2 ? 1 : tensor.shape()[0];
  return {rows, size / rows};
}

/// `whole` / `parts`. Throws Error where that isn't whole.
std::int64_t equal_part(const Parameter& tensor, std::int64_t whole, std::int64_t parts,
                        const char* what) {
  if (parts > 0 && whole % parts == 0) return whole / parts;
  throw Error("[pruning] " + tensor.name() + ": its " + std::to_string(whole) +
              " don't divide equally into " + std::to_string(parts) + " " + what +
              ": give the layer ParameterTraits that fit its shape");
}

/// Slab positions of the weights of group `index` in `tensor`, appended to `members`.
void append_neuron(const Parameter& tensor, std::int64_t index, std::vector<std::size_t>& members) {
  const auto [rows, columns] = matrix_of(tensor);
  const std::int64_t units = rows / tensor.traits().blocks;
  for (std::int64_t row = index; row < rows; row += units) {
    for (std::int64_t c = 0; c < columns; ++c) {
      members.push_back(tensor.offset() + static_cast<std::size_t>(row * columns + c));
    }
  }
}

void append_head(const Parameter& tensor, std::int64_t head, std::vector<std::size_t>& members) {
  const auto [rows, columns] = matrix_of(tensor);
  const ParameterTraits& traits = tensor.traits();
  const bool by_column = traits.heads_in_columns;
  const std::int64_t units = by_column ? columns : rows / traits.blocks;
  const std::int64_t width = units / traits.heads;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      const std::int64_t unit = by_column ? c : r % units;
      if (unit / width != head) continue;
      members.push_back(tensor.offset() + static_cast<std::size_t>(r * columns + c));
    }
  }
}

std::int64_t units_of(const Parameter& tensor) {
  return equal_part(tensor, matrix_of(tensor).rows, tensor.traits().blocks, "blocks of rows");
}

std::int64_t heads_of(const Parameter& tensor) {
  const ParameterTraits& traits = tensor.traits();
  const std::int64_t units = traits.heads_in_columns ? matrix_of(tensor).columns : units_of(tensor);
  equal_part(tensor, units, traits.heads, "heads");
  return traits.heads;
}

/// The tensor whose units or heads `tensor` shares, in the end; itself if none.
const Parameter* leader(const Parameter* tensor, PruningGrain grain) {
  while (true) {
    const ParameterTraits& traits = tensor->traits();
    const Parameter* next =
        grain == PruningGrain::head ? traits.same_heads_as : traits.same_units_as;
    if (next == nullptr) return tensor;
    tensor = next;
  }
}

/// Weight matrices, those of the same units or heads together.
std::vector<std::vector<const Parameter*>> layers_of(const Parameters& parameters,
                                                     PruningGrain grain) {
  std::vector<std::vector<const Parameter*>> layers;
  const bool joined = grain == PruningGrain::neuron || grain == PruningGrain::head;
  for (const Parameter& tensor : parameters.all()) {
    if (tensor.kind() != ParameterKind::weight) continue;
    if (grain == PruningGrain::head && tensor.traits().heads == 0) continue;
    const auto found = std::ranges::find_if(layers, [&](const auto& layer) {
      return joined && leader(layer.front(), grain) == leader(&tensor, grain);
    });
    if (found == layers.end()) {
      layers.push_back({&tensor});
    } else {
      found->push_back(&tensor);
    }
  }
  return layers;
}

std::string joined_names(const std::vector<const Parameter*>& tensors) {
  std::string names;
  for (const Parameter* tensor : tensors) names += (names.empty() ? "" : " + ") + tensor->name();
  return names;
}

}  // namespace

PruningGroups::PruningGroups(Parameters& parameters, PruningGrain grain, const BlockSparsity& block)
    : parameters_(parameters), grain_(grain) {
  for (const auto& tensors : layers_of(parameters, grain)) {
    const std::size_t first_group = count();
    const std::size_t first_part = parts_.size();
    if (grain == PruningGrain::n_m) {
      add_blocks(*tensors.front(), block.m);
    } else {
      grain == PruningGrain::element ? add_elements(*tensors.front()) : add_units(tensors);
      parts_.push_back({first_group, count()});
    }
    layers_.push_back({.name = joined_names(tensors),
                       .groups = {first_group, count()},
                       .first_part = first_part,
                       .part_count = parts_.size() - first_part});
  }
  if (grain == PruningGrain::head && layers_.empty()) {
    throw Error(
        "[pruning] grain \"head\" prunes attention heads, but this model has none: choose another "
        "grain (element, neuron, n_m) or a model with attention");
  }
}

void PruningGroups::add_elements(const Parameter& tensor) {
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    members_.push_back(tensor.offset() + i);
    starts_.push_back(members_.size());
  }
}

void PruningGroups::add_blocks(const Parameter& tensor, std::int64_t m) {
  const auto [rows, columns] = matrix_of(tensor);
  const std::size_t first = count();
  add_elements(tensor);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; c += m) {
      const std::size_t begin = first + static_cast<std::size_t>(r * columns + c);
      parts_.push_back({begin, begin + static_cast<std::size_t>(std::min(m, columns - c))});
    }
  }
}

void PruningGroups::add_units(const std::vector<const Parameter*>& tensors) {
  const bool heads = grain_ == PruningGrain::head;
  const auto groups_of = [heads](const Parameter& t) { return heads ? heads_of(t) : units_of(t); };
  const std::int64_t groups = groups_of(*tensors.front());
  for (const Parameter* tensor : tensors) {
    if (groups_of(*tensor) == groups) continue;
    throw Error("[pruning] " + tensor->name() + " has " + std::to_string(groups_of(*tensor)) +
                (heads ? " heads, " : " units, ") + tensors.front()->name() +
                ", said to have the same ones, " + std::to_string(groups) +
                ": give the layers ParameterTraits that fit their shapes");
  }
  for (std::int64_t group = 0; group < groups; ++group) {
    for (const Parameter* tensor : tensors) {
      heads ? append_head(*tensor, group, members_) : append_neuron(*tensor, group, members_);
    }
    starts_.push_back(members_.size());
  }
}

std::span<const PruningGroups::Range> PruningGroups::parts(const Layer& layer) const {
  return std::span(parts_).subspan(layer.first_part, layer.part_count);
}

std::int64_t PruningGroups::pruned_weights() const {
  const std::span<const std::uint8_t> masks = parameters_.masks();
  return std::ranges::count_if(members_, [masks](std::size_t i) { return masks[i] == 0; });
}

std::span<const std::size_t> PruningGroups::members(std::size_t group) const {
  return std::span(members_).subspan(starts_[group], starts_[group + 1] - starts_[group]);
}

bool PruningGroups::live(std::size_t group) const {
  const std::span<const std::uint8_t> masks = parameters_.masks();
  return std::ranges::any_of(members(group), [masks](std::size_t i) { return masks[i] != 0; });
}

std::int64_t PruningGroups::live(const Range& range) const {
  std::int64_t count = 0;
  for (std::size_t group = range.begin; group < range.end; ++group) count += live(group);
  return count;
}

double PruningGroups::score(std::size_t group, const PruningScores& scores) const {
  double sum = 0;
  for (const std::size_t i : members(group)) sum += scores.score(i);
  const double mean = sum / static_cast<double>(members(group).size());
  return std::isnan(mean) ? std::numeric_limits<double>::infinity() : mean;
}

void PruningGroups::prune(std::size_t group) {
  for (const std::size_t i : members(group)) parameters_.prune(i, /*forget_state=*/true);
}

}  // namespace espalier
