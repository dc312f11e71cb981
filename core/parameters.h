#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/live_weights.h"
#include "core/slab.h"
#include "core/tensor.h"

namespace espalier {

class Parameter;
class Parameters;

/// What a parameter is for. Regularizers choose by kind, never by name: weight matrices can be
/// pruned; biases, norm gains and positions can't.
enum class ParameterKind { weight, bias, norm, position };

/// How a parameter is built inside, for regularizers that act on whole units, heads or recurrences.
struct ParameterTraits {
  /// Equal blocks of rows on top of each other (the gates of a recurrent layer; query, key and
  /// value): unit j owns row j of each.
  std::int64_t blocks = 1;
  /// Set where the rows feed the same units as those of another parameter: weight_hh beside
  /// weight_ih.
  const Parameter* same_units_as = nullptr;
  /// Attention heads that share the rows of each block equally, or the columns; 0: no attention.
  std::int64_t heads = 0;
  bool heads_in_columns = false;
  /// Set where the heads are those of another parameter: out_proj beside in_proj.
  const Parameter* same_heads_as = nullptr;
  /// It maps a hidden state to the next step's.
  bool recurrent = false;
  /// The published scripts prune it though it is no weight matrix: gains of norms inside blocks.
  bool author_prunable = false;
};

/// One named trained tensor: a window on the slabs of its Parameters.
class Parameter {
 public:
  Parameter(Parameters& owner, std::string name, ParameterKind kind, const Shape& shape,
            std::size_t offset, const ParameterTraits& traits)
      : owner_(&owner),
        name_(std::move(name)),
        kind_(kind),
        shape_(shape),
        offset_(offset),
        traits_(traits) {}

  /// PyTorch's path, e.g. "lstm.weight_ih_l0".
  const std::string& name() const { return name_; }
  ParameterKind kind() const { return kind_; }
  const Shape& shape() const { return shape_; }
  std::size_t size() const { return static_cast<std::size_t>(shape_.size()); }
  /// Position of its first element in each slab.
  std::size_t offset() const { return offset_; }
  const ParameterTraits& traits() const { return traits_; }

  Tensor value() const;
  Tensor grad() const;
  /// 1 = live, 0 = pruned (the value is then 0 and stays so), row-major. Whoever writes to it calls
  /// Parameters::masks_changed.
  std::span<std::uint8_t> mask() const;
  /// What is left of a weight matrix, if so much is pruned that products had better skip it (see
  /// Parameters::skip_pruned_from); else nullptr.
  const LiveWeights* live() const;

 private:
  friend class Parameters;

  Parameters* owner_;
  std::string name_;
  ParameterKind kind_;
  Shape shape_;
  std::size_t offset_;
  ParameterTraits traits_;
  std::optional<LiveWeights> live_;
  bool skips_pruned_ = false;
};

/// All parameters of a model in parallel flat slabs (values, gradients, masks, and whatever
/// per-weight state the optimizer adds), so that clipping, updating and masking are single sweeps.
/// Each parameter starts on a cache line; the gaps hold zeros.
class Parameters {
 public:
  Parameters() = default;
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  /// Appends a parameter of zeros, all live. References stay valid. Throws Error on a name in use.
  Parameter& add(std::string name, ParameterKind kind, const Shape& shape,
                 const ParameterTraits& traits = {});

  const std::deque<Parameter>& all() const { return parameters_; }
  std::deque<Parameter>& all() { return parameters_; }
  /// nullptr if there is none of that name.
  Parameter* find(std::string_view name);

  /// Elements over all parameters, the gaps not counted.
  std::size_t count() const;

  std::span<real> values() { return values_; }
  std::span<const real> values() const { return values_; }
  std::span<real> grads() { return grads_; }
  std::span<const std::uint8_t> masks() const { return masks_; }
  /// Takes over masks kept from before, one per element of a slab.
  void set_masks(std::span<const std::uint8_t> masks);

  /// A new slab of zeros, element by element beside `values` (an optimizer's moments). The
  /// reference stays valid. Throws Error on a name in use.
  AlignedVector<real>& add_state(std::string name);

  struct State {
    std::string name;
    AlignedVector<real> slab;
  };
  const std::deque<State>& states() const { return states_; }
  std::deque<State>& states() { return states_; }

  /// From this share of pruned weights on, products with a weight matrix skip them; above 1: never
  /// (so it begins). Where that pays: docs/performance.md.
  void skip_pruned_from(double share);
  /// Finds the live weights after masks have changed. Until it is called, products take no notice
  /// of masks, which is slow but right.
  void masks_changed();
  /// Whether prune or regrow were called since masks_changed was.
  bool masks_are_stale() const { return masks_stale_; }

  void zero_grad();
  /// Sets the value of every pruned weight to 0 (by selection: a NaN goes too).
  void apply_masks();
  /// Sets the gradient of every pruned weight to 0.
  void mask_grads();
  /// Marks the weight at `index` (slab position) pruned and zeroes its value; with
  /// `forget_state`, the optimizer's state for it as well.
  void prune(std::size_t index, bool forget_state);
  /// Makes a pruned weight live again, from 0 and with no optimizer state.
  void regrow(std::size_t index);

 private:
  friend class Parameter;

  void clear_state(std::size_t index);

  std::deque<Parameter> parameters_;
  AlignedVector<real> values_;
  AlignedVector<real> grads_;
  AlignedVector<std::uint8_t> masks_;
  bool masks_stale_ = false;
  double skip_pruned_from_ = 2;
  std::deque<State> states_;
};

}  // namespace espalier
