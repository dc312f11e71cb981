#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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
  /// Levels of the quantiles to forecast, ascending; empty: one value for each step and target.
  std::vector<double> quantiles = {};

  /// Rows of a forecast for each target: the horizon, once for each quantile.
  std::int64_t rows_per_target() const {
    return horizon * (quantiles.empty() ? 1 : std::ssize(quantiles));
  }
  /// Rows of a forecast: (step, target) pairs, step by step, quantile after quantile.
  std::int64_t outputs() const { return rows_per_target() * targets; }
  /// `own_past`, complete. Throws Error naming `model` if a target's own past is not among the
  /// inputs.
  std::vector<std::int64_t> required_own_past(std::string_view model) const;
};

/// What keeps `levels` from being quantiles to forecast: they must ascend between 0 and 1, at least
/// 0.0001 apart, at most 99 of them, with the median, 0.5, among them. Empty where nothing does.
std::string problem_of_quantiles(std::span<const double> levels);

/// For every stacked layer how much of something it has: {"hidden", {12, 7}}.
using LayerSizes = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

/// Those of `name`. Throws Error unless there is one of 1 or more for each of `layers`.
const std::vector<std::int64_t>& required_sizes(const LayerSizes& sizes, std::string_view name,
                                                std::int64_t layers);

/// A network that maps a window of the past to the rows after it.
class Model {
 public:
  explicit Model(ForecastShape shape) : shape_(std::move(shape)) {}
  virtual ~Model() = default;

  const ForecastShape& shape() const { return shape_; }

  /// Draws initial values for every parameter.
  virtual void initialise(RandomKey key) = 0;

  /// x [window, features, batch] → forecasts [horizon · targets, batch], row
  /// step · targets + target; of quantiles as many rows for each level, from the lowest to the
  /// highest, which cross in training passes alone. Reads parameters only, so that several
  /// tapes can run it at once.
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
  /// What `forward` has to return: forecasts [outputs, batch] with the quantiles of each step and
  /// target in ascending order, which makes no sum of their pinball losses larger and brings them
  /// closer to the true ones (Chernozhukov, Fernández-Val & Galichon 2010, arXiv 0704.3649). In
  /// training passes rows stay as they are, so that each of them learns a level of its own.
  Var uncrossed(const Forward& pass, Var forecasts) const;

  ForecastShape shape_;
  Parameters parameters_;
};

}  // namespace espalier
