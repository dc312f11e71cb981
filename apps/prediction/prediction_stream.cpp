#include "apps/prediction/prediction_stream.h"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/prediction/spread.h"
#include "core/error.h"

namespace espalier {

PredictionStream::PredictionStream(const std::string& run,
                                   const std::optional<std::int64_t>& horizon,
                                   std::optional<StreamFormat> format)
    : forecaster_(load_run(run)),
      horizon_(chosen_horizon(forecaster_.run(), horizon)),
      given_format_(format),
      last_values_(forecaster_.columns(), std::numeric_limits<double>::quiet_NaN()),
      quantiles_(quantile_columns(forecaster_.levels())) {
  if (forecaster_.random()) columns_.spread = random_spread_columns();
  for (const QuantileColumn& column : quantiles_) columns_.spread.push_back(column.name);
  const DataConfig& data = forecaster_.run().config.data;
  if (data.time.empty()) return;
  times_.emplace(data.date_order ? std::optional(parse_date_order(*data.date_order)) : std::nullopt,
                 forecaster_.window());
}

void PredictionStream::choose_format(std::string_view first_line, std::string& out) {
  const std::size_t start = first_line.find_first_not_of(" \t");
  const bool object = start != std::string_view::npos && first_line[start] == '{';
  format_ = given_format_.value_or(object ? StreamFormat::jsonl : StreamFormat::csv);
  const DataConfig& data = forecaster_.run().config.data;
  if (format_ == StreamFormat::csv) {
    reader_ = make_csv_rows(data);
    out += prediction_csv_header(columns_);
  } else {
    reader_ = make_json_rows(data);
  }
}

bool PredictionStream::take(std::string_view line, std::string& out) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (!reader_) {
    if (line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return false;
    choose_format(line, out);
  }
  bool is_row = true;
  try {
    is_row = reader_->read(line, row_);
  } catch (...) {
    ++rows_;
    throw;
  }
  if (!is_row) return false;
  ++rows_;
  fill_missing();
  StreamTimes::Reading time;
  if (times_) time = times_->read(row_.time);
  forecaster_.check(row_.values);
  if (times_) bridge_gap(time);
  forecaster_.feed(row_.values);
  if (times_) {
    times_->take(time);
    tell_guess();
  }
  last_values_ = row_.values;
  if (forecaster_.rows_missing() > 0 || !set_times()) return false;
  append_forecast(out);
  return true;
}

void PredictionStream::note(std::string_view text) {
  note_ += fmt::format("{}{}", note_.empty() ? "" : "; ", text);
}

void PredictionStream::bridge_gap(StreamTimes::Reading& time) {
  const DataConfig& data = forecaster_.run().config.data;
  if (data.gaps == "note") return;
  const std::optional<StreamTimes::Gap> gap = times_->gap_before(time);
  if (!gap) return;
  if (data.gaps == "fill" && data.missing == "ffill" && !gap->times.empty()) {
    for (std::size_t row = 0; row < gap->times.size(); ++row) forecaster_.feed(last_values_);
    times_->take_gap(*gap, time);
    note(fmt::format("inserted {} that the times leave out, with the last values known",
                     counted(gap->times.size(), "row")));
    return;
  }
  note(fmt::format(
      "time {} isn't the {} expected; taken as it comes, though the run's \"gaps\" is {}",
      in_quotes(row_.time), times_->text(gap->expected), in_quotes(data.gaps)));
}

void PredictionStream::tell_guess() {
  const std::optional<StreamTimes::Guess> guess = times_->guess();
  if (!guess || guess == guess_) return;
  std::string text = fmt::format("read dates as {}", layout_name(guess->order));
  if (guess_ && guess_->order != guess->order) {
    text += fmt::format(" from here on, not as {} any more", layout_name(guess_->order));
  }
  if (guess->other) {
    text += fmt::format(", though {} fits as well: write YYYY-MM-DD to be sure",
                        layout_name(*guess->other));
  }
  note(text);
  guess_ = guess;
}

std::string PredictionStream::take_note() {
  return std::exchange(note_, {});
}

bool PredictionStream::set_times() {
  if (!forecaster_.needs_times()) return true;
  if (!times_->knows_step()) {
    note("no forecast after this row, as it takes two to tell when the next one comes");
    return false;
  }
  forecaster_.set_times(times_->ahead(forecaster_.window(), forecaster_.horizon()));
  return true;
}

void PredictionStream::fill_missing() {
  const DataConfig& data = forecaster_.run().config.data;
  std::optional<std::size_t> unknown;
  for (std::size_t f = 0; f < row_.values.size(); ++f) {
    if (!std::isnan(row_.values[f])) continue;
    if (data.missing != "ffill") {
      throw Error(fmt::format("column {} has no value, and \"missing\" is {}",
                              in_quotes((*data.features)[f]), in_quotes(data.missing)));
    }
    row_.values[f] = last_values_[f];
    if (!unknown && std::isnan(last_values_[f])) unknown = f;
  }
  if (!unknown) return;
  // As a file's first rows do, it goes; what it says of other columns is known from here on.
  last_values_ = row_.values;
  throw Error(fmt::format("column {} has had no value yet", in_quotes((*data.features)[*unknown])));
}

void PredictionStream::append_forecast(std::string& out) {
  const std::span<const double> forecast = forecaster_.forecast();
  const std::size_t targets = forecaster_.targets();
  value_.cutoff = times_ ? times_->last() : std::to_string(rows_);
  for (std::size_t i = 0; i < horizon_ * targets; ++i) {
    value_.step = i / targets + 1;
    value_.ds = times_ ? times_->after(value_.step) : std::to_string(rows_ + value_.step);
    value_.target = forecaster_.run().trained.targets[i % targets].name;
    value_.y_hat = forecast[i];
    value_.spread.clear();
    if (forecaster_.random()) {
      append_random_spread(value_.y_hat, forecaster_.deviations()[i], value_.spread);
    }
    for (const QuantileColumn& column : quantiles_) {
      value_.spread.push_back(forecaster_.quantile(column.quantile)[i]);
    }
    out += format_ == StreamFormat::csv ? prediction_csv_line(value_)
                                        : prediction_json_line(columns_, value_);
  }
}

}  // namespace espalier
