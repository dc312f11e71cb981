#include "layers/patch_embedding.h"

#include <algorithm>

#include "core/ops.h"
#include "layers/initialise.h"

namespace espalier {

PatchGrid PatchGrid::covering(std::int64_t rows, std::int64_t length, std::int64_t stride) {
  const std::int64_t beyond = std::max<std::int64_t>(0, rows - length);
  return {length, stride, (beyond + stride - 1) / stride + 1};
}

PatchGrid PatchGrid::padded(std::int64_t rows, std::int64_t length, std::int64_t stride) {
  return {length, stride, (rows - length) / stride + 2};
}

PatchEmbedding::PatchEmbedding(Parameters& parameters, const std::string& name,
                               const std::string& positions_name, std::int64_t channels,
                               std::int64_t embed, const PatchGrid& grid)
    : grid_(grid),
      projection_(parameters, name, grid.length * channels, embed),
      positions_(parameters.add(positions_name, ParameterKind::position, {grid.count, embed})) {}

void PatchEmbedding::initialise(RandomKey key, PositionInit positions) {
  projection_.initialise(key);
  if (positions == PositionInit::normal) {
    fill_normal(key.derive(positions_.name()), positions_.value().span());
  } else {
    initialise_uniform(positions_, 0.02, key);
  }
}

Var PatchEmbedding::forward(Forward& pass, Var x) const {
  const Var cut = patches(x, grid_.length, grid_.stride, grid_.count);
  return add_positions(projection_.forward(pass, cut), pass.parameter(positions_));
}

}  // namespace espalier
