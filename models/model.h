#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/forward.h"
#include "core/parameters.h"
#include "core/random.h"

namespace espalier {

/// The sizes a forecaster is built for.
struct ForecastShape {
  /// L: rows of input.
  std::int64_t window = 1;
  /// Columns of input.
  std::int64_t features = 1;
  /// Rows to forecast, all at once.
  std::int64_t horizon = 1;
  /// Columns to forecast.
  std::int64_t targets = 1;
  /// For each target, the column of input that holds its own past; −1 where none does. Empty: all
  /// −1.
  std::vector<std::int64_t> own_past = {};

  /// Rows of a forecast: (step, target) pairs, step by step.
  std::int64_t outputs() const { return horizon * targets; }
  /// `own_past`, complete. Throws Error naming `model` if a target's own past is not among the
  /// inputs.
  std::vector<std::int64_t> required_own_past(std::string_view model) const;
};

/// For every stacked layer how much of something it has: {"hidden", {12, 7}}.
using LayerSizes = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

/// Those of `name`. Throws Error unless there is one of 1 or more for each of `layers`.
const std::vector<std::int64_t>& required_sizes(const LayerSizes& sizes, std::string_view name,
                                                std::int64_t layers);

/// A network that maps a window of the past to the rows after it.
class Model {
 public:
  virtual ~Model() = default;

  /// Draws initial values for every parameter.
  virtual void initialise(RandomKey key) = 0;

  /// x [window, features, batch] → forecasts [horizon · targets, batch], row
  /// step · targets + target. Reads parameters only, so that several tapes can run it at once.
  virtual Var forward(Forward& pass, Var x) const = 0;

  /// The sizes that `compacted` may change.
  virtual LayerSizes layer_sizes() const { return {}; }
  /// The same function without the units and attention heads that weights of exactly 0 have put out
  /// of action, pruned or not: those that no output depends on, and those that are the same for
  /// every input, whose share goes into biases. At least one stays in each layer. Forecasts agree
  /// up to rounding, as sums are shorter. nullptr if no parameter is saved.
  virtual std::unique_ptr<Model> compacted() const { return nullptr; }

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }

 protected:
  Parameters parameters_;
};

}  // namespace espalier
