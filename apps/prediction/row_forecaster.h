#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "apps/prediction/loaded_run.h"
#include "core/tape.h"

namespace espalier {

/// Forecasts after rows that come one by one, to the bit what `predict` makes of a file of them.
/// Keeps the scaled rows of one window and goes through all of it for each forecast; allocates
/// nothing once it has made one. To be used by one thread at a time.
class RowForecaster {
 public:
  /// Throws UsageError for a model of several series or of columns known ahead.
  explicit RowForecaster(LoadedRun run);

  const LoadedRun& run() const { return run_; }
  std::size_t features() const { return run_.trained.features.size(); }
  /// Values in a row: the features that aren't made of the time, which come first.
  std::size_t columns() const;
  std::size_t targets() const { return run_.trained.targets.size(); }
  std::size_t window() const { return window_; }
  std::size_t horizon() const;
  /// Levels of the quantiles that forecasts have; empty: a single value.
  const std::vector<double>& levels() const { return run_.trained.shape.quantiles; }
  /// Whether forecasts have a deviation; quantiles have none.
  bool random() const { return samples_ > 1 && levels().empty(); }

  /// Takes the next row: columns() values in the model's order, in file units. Throws as check; the
  /// row is then not taken.
  void feed(std::span<const double> row);
  /// Throws Error for another number of values and for one that is not finite or too large, naming
  /// the column.
  void check(std::span<const double> row) const;
  /// Rows still to come before there is a forecast.
  std::size_t rows_missing() const;

  /// After the last row, in file units, laid out [step][target]; of quantiles the median. Valid
  /// until the next call. Throws Error while rows are missing.
  std::span<const double> forecast();
  /// The quantile of levels()[level] of the last forecast.
  std::span<const double> quantile(std::size_t level) const;
  /// Standard deviations over the passes of the last forecast, where it is random; else empty.
  std::span<const double> deviations() const;

  /// Whether features are made of the time.
  bool needs_times() const { return !run_.config.data.calendar.empty(); }
  /// The times such features have in the window of the next forecast: those of window() rows that
  /// end with the last one to be forecast. A forecast that needs them throws Error without.
  void set_times(std::span<const std::int64_t> times);

  /// Forgets all rows.
  void reset();

 private:
  LoadedRun run_;
  std::size_t window_;
  std::int64_t samples_;
  /// Among levels().
  std::size_t median_;
  /// [window][feature]; row number n at n mod window.
  std::vector<real> rows_;
  std::size_t taken_ = 0;
  /// A row before it is taken; the window in its order; features made of the times.
  std::vector<real> scaled_, x_, calendar_;
  /// [level][step][target]
  std::vector<double> forecasts_, deviations_;
  bool current_ = false;
  Tape tape_{Tape::Mode::inference};
};

}  // namespace espalier
