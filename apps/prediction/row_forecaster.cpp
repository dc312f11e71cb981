#include "apps/prediction/row_forecaster.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/calendar.h"
#include "apps/data/cell_text.h"
#include "apps/metrics/quantiles.h"
#include "apps/training/forecaster.h"
#include "apps/usage_error.h"
#include "core/denormals.h"
#include "core/error.h"

namespace espalier {

RowForecaster::RowForecaster(LoadedRun run)
    : run_(std::move(run)),
      window_(static_cast<std::size_t>(run_.trained.shape.window)),
      samples_(evaluation_samples(run_.regularizers)),
      median_(levels().empty() ? 0 : median_of(levels())),
      rows_(window_ * features()),
      scaled_(features()),
      x_(window_ * features()),
      forecasts_(static_cast<std::size_t>(run_.trained.shape.outputs())),
      deviations_(samples_ > 1 ? forecasts_.size() : 0) {
  const DataConfig& data = run_.config.data;
  if (data.series || data.melt) {
    throw UsageError(fmt::format(
        "the model in {} forecasts several series, and rows that come one by one are of one: give "
        "predict a file",
        run_.path));
  }
  if (!data.known_future.empty()) {
    throw UsageError(fmt::format(
        "the model in {} looks at what is known ahead (\"known_future\"), which rows that come one by "
        "one don't tell: give predict a file",
        run_.path));
  }
}

std::size_t RowForecaster::horizon() const {
  return static_cast<std::size_t>(run_.trained.shape.horizon);
}

std::size_t RowForecaster::columns() const {
  return features() - 2 * run_.config.data.calendar.size();
}

void RowForecaster::check(std::span<const double> row) const {
  if (row.size() != columns()) {
    throw Error(fmt::format("a row of {}, expected {}: one for each column that the model reads",
                            counted(row.size(), "value"), columns()));
  }
  for (std::size_t f = 0; f < row.size(); ++f) {
    const DescribedColumn& column = run_.trained.features[f];
    const double value = column.scale.scaled(row[f]);
    if (!(std::abs(value) <= static_cast<double>(std::numeric_limits<real>::max()))) {
      throw Error(
          fmt::format("column {} is {}, expected a finite number{}", in_quotes(column.name), row[f],
                      std::isfinite(row[f]) ? " that isn't too large to compute with" : ""));
    }
  }
}

void RowForecaster::feed(std::span<const double> row) {
  check(row);
  for (std::size_t f = 0; f < row.size(); ++f) {
    scaled_[f] = static_cast<real>(run_.trained.features[f].scale.scaled(row[f]));
  }
  std::ranges::copy(scaled_,
                    rows_.begin() + static_cast<std::ptrdiff_t>(taken_ % window_ * features()));
  ++taken_;
  current_ = false;
}

std::size_t RowForecaster::rows_missing() const {
  return taken_ < window_ ? window_ - taken_ : 0;
}

std::span<const double> RowForecaster::forecast() {
  if (rows_missing() > 0) {
    throw Error(fmt::format("a forecast takes {}, {} still to come", counted(window_, "row"),
                            rows_missing()));
  }
  if (current_) return quantile(median_);
  // The oldest row is where the next one will be put.
  const auto oldest = static_cast<std::ptrdiff_t>(taken_ % window_ * features());
  std::ranges::rotate_copy(rows_, rows_.begin() + oldest, x_.begin());
  const std::size_t made = features() - columns();
  if (calendar_.size() != window_ * made) {
    throw Error("the model looks at the time, and the times to be forecast aren't known yet");
  }
  for (std::size_t t = 0; t < window_; ++t) {
    std::copy_n(calendar_.begin() + static_cast<std::ptrdiff_t>(t * made), made,
                x_.begin() + static_cast<std::ptrdiff_t>(t * features() + columns()));
  }
  const FlushDenormals flush;
  const std::size_t window = taken_ - window_;
  const ForecastShape& shape = run_.trained.shape;
  forecast_batch(*run_.trained.model, run_.regularizers, samples_, tape_,
                 {x_.data(), Shape{shape.window, shape.features, 1}}, std::span(&window, 1),
                 forecasts_, deviations_);
  if (!levels().empty()) keep_order(forecasts_, levels().size());
  for (std::size_t i = 0; i < forecasts_.size(); ++i) {
    const ColumnScale& scale = run_.trained.targets[i % targets()].scale;
    forecasts_[i] = scale.restored(forecasts_[i]);
    if (samples_ > 1) deviations_[i] *= scale.deviation;
  }
  current_ = true;
  return quantile(median_);
}

std::span<const double> RowForecaster::quantile(std::size_t level) const {
  const std::size_t rows = horizon() * targets();
  return std::span(forecasts_).subspan(level * rows, rows);
}

std::span<const double> RowForecaster::deviations() const {
  return random() ? std::span<const double>(deviations_) : std::span<const double>();
}

void RowForecaster::set_times(std::span<const std::int64_t> times) {
  calendar_.clear();
  for (const std::int64_t time : times) {
    const std::vector<double> values = calendar_values(run_.config.data.calendar, time);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const ColumnScale& scale = run_.trained.features[columns() + i].scale;
      calendar_.push_back(static_cast<real>(scale.scaled(values[i])));
    }
  }
  current_ = false;
}

void RowForecaster::reset() {
  taken_ = 0;
  calendar_.clear();
  current_ = false;
}

}  // namespace espalier
