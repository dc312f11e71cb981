#pragma once

#include <span>
#include <vector>

#include "layers/linear.h"
#include "layers/recurrent.h"
#include "models/compaction.h"
#include "models/model.h"

namespace espalier {

/// Recurrent layers and the linear layer that reads the last state of the topmost.
struct RecurrentNetwork {
  const RecurrentLayers& layers;
  const Linear& fc;
};

/// The members of RecurrentLayerSize, by name.
LayerSizes to_layer_sizes(const RecurrentLayers& layers);
/// The reverse. Throws Error as required_sizes does.
std::vector<RecurrentLayerSize> from_layer_sizes(const LayerSizes& sizes, std::int64_t layer_count);

/// Which units of a recurrent network go, and how the others make up for them.
/// - Unneeded: no path of weights leads from the unit to the output. It goes without a trace.
/// - Fixed: no path leads to the unit from the input, as where all weights into it are pruned but
///   its biases live. Its state is the same in every sequence, yet not at every step. What it
///   gives to other units becomes part of their biases, which then tell the steps apart.
class RecurrentCompaction {
 public:
  /// `states`: h of every layer [time, hidden, 1] for one sequence, whatever it holds. Without
  /// `fold`, fixed units stay.
  RecurrentCompaction(const RecurrentNetwork& network, std::span<const Var> states, bool fold);

  const std::vector<RecurrentLayerSize>& sizes() const { return sizes_; }
  /// Fills the parameters of a network of these sizes.
  void fill(const RecurrentNetwork& smaller) const;

 private:
  using Layer = RecurrentLayers::Layer;

  /// Of one layer.
  struct Units {
    IndexList kept;
    IndexList folded;
  };

  void choose(bool fold);
  void measure();
  /// The state at step t, [hidden].
  const real* state(std::size_t layer, std::int64_t t) const;
  void fill_layer(std::size_t k, const Layer& to) const;

  RecurrentNetwork network_;
  std::span<const Layer> layers_;
  std::span<const Var> states_;
  std::vector<Units> units_;
  std::vector<RecurrentLayerSize> sizes_;
};

}  // namespace espalier
