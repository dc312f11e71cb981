#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/metrics/quantiles.h"
#include "apps/prediction/prediction.h"
#include "apps/prediction/row_forecaster.h"
#include "apps/prediction/row_format.h"
#include "apps/prediction/stream_times.h"

namespace espalier {

/// How rows come in and forecasts go out.
enum class StreamFormat { csv, jsonl };

/// `predict` for rows that come a line at a time: as soon as the window is full, a forecast for
/// each row. What it keeps doesn't grow.
class PredictionStream {
 public:
  /// Without a format the first line shows it. Throws as load_run, chosen_horizon and
  /// RowForecaster.
  PredictionStream(const std::string& run, const std::optional<std::int64_t>& horizon,
                   std::optional<StreamFormat> format);

  /// Rows that a forecast takes, and those still to come before the first one.
  std::size_t window() const { return forecaster_.window(); }
  std::size_t rows_missing() const { return forecaster_.rows_missing(); }

  /// Takes the next line, without its end, and appends what is to be written to `out`. Throws Error
  /// for a row that is left out, with the reason but not the line; UsageError where the stream
  /// can't be read at all. Returns whether there was a forecast.
  bool take(std::string_view line, std::string& out);

  /// What is to be told of the last line, whether its row was taken or not; empty if nothing.
  std::string take_note();

 private:
  void choose_format(std::string_view first_line, std::string& out);
  /// Inserts rows that are missing before the one at `time` where the run's config says so and it
  /// doesn't look ahead; notes a gap otherwise, unless gaps are to be taken as they come.
  void bridge_gap(StreamTimes::Reading& time);
  /// Notes how dates are read, where that is guessed and news.
  void tell_guess();
  void note(std::string_view text);
  /// Fills what is missing in row_ as the run's config says, where that doesn't look ahead.
  void fill_missing();
  /// Tells the forecaster the times it needs; false, and a note, while that of the next row isn't
  /// known.
  bool set_times();
  void append_forecast(std::string& out);

  RowForecaster forecaster_;
  std::size_t horizon_;
  std::optional<StreamFormat> given_format_;
  StreamFormat format_ = StreamFormat::csv;
  std::unique_ptr<RowFormat> reader_;
  /// Empty without a time column.
  std::optional<StreamTimes> times_;
  /// As told last.
  std::optional<StreamTimes::Guess> guess_;
  std::string note_;
  RowText row_;
  /// The last value of every feature; NaN before there was one.
  std::vector<double> last_values_;
  std::size_t rows_ = 0;
  PredictionColumns columns_;
  std::vector<QuantileColumn> quantiles_;
  PredictedValue value_;
};

}  // namespace espalier
