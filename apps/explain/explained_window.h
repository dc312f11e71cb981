#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/f64/explain/explanation.h"

namespace espalier {

/// What to explain.
struct ExplainRequest {
  /// Directory of a finished run.
  std::string run = {};
  /// The data row that the window forecasts first, from 1, or its time as forecasts.csv has it;
  /// neither: of the last scored window.
  std::optional<std::int64_t> row = {};
  std::optional<std::string> time = {};
  /// As WindowQuestion.
  std::size_t most_compared = 5;
  std::string broken_op = {};
};

/// Numbers in the file's units and scaled as the network sees them.
struct BothUnits {
  std::vector<double> own = {};
  std::vector<double> scaled = {};
};

/// One window of a run's data, all the way through its network.
struct ExplainedWindow {
  std::string run = {};
  std::string model = {};
  /// "mse" or "mae".
  std::string loss = {};
  /// Of the window's first forecast; what is possible; and where the window lies: "scored",
  /// "training", "validation" or "between the parts".
  std::int64_t row = 0;
  std::int64_t first_row = 0;
  std::int64_t last_row = 0;
  std::string part = {};
  std::vector<std::string> features = {};
  std::vector<std::string> targets = {};
  /// Empty where the data are one series.
  std::string series = {};
  /// Of the window's rows, and of those after it.
  std::vector<std::string> input_times = {};
  std::vector<std::string> forecast_times = {};
  /// [window][features]
  BothUnits inputs = {};
  /// [horizon][targets]
  BothUnits truth = {};
  BothUnits forecast = {};
  /// The same from the network in float, in the file's units.
  std::vector<double> float_forecast = {};
  /// Of a scored window: what forecasts.csv has of it.
  enum class Record { none, forecast, other_forecast };
  Record record = Record::none;
  /// Whether a regularizer of the run draws at random in evaluation, too: then values of
  /// forecasts.csv are means over so many passes, and all here is without that regularizer.
  bool random = false;
  std::int64_t samples = 1;
  /// The op whose derivatives were made wrong on purpose; empty: none.
  std::string broken_op = {};
  double_precision::Explanation inside = {};
};

/// Reads the run and its data as training did, and explains the window. Throws UsageError where
/// that is no finished run, its data have changed or the request doesn't fit it, Error where files
/// are damaged.
ExplainedWindow explain_row(const ExplainRequest& request);

/// "x[3]" as rows and columns of the shape: "[0,3]".
std::string element_text(const std::vector<std::int64_t>& shape, std::size_t element);

/// "(64,1)"
std::string shape_text(const std::vector<std::int64_t>& shape);

/// The op, behind the name its layer gives it: "c = add".
std::string node_title(const double_precision::ExplainedNode& node);

/// The rows of the window, from 1, that a token holds: "1-3", with "+" behind where the last row is
/// repeated to fill it.
std::string token_rows(const ExplainedWindow& window, std::size_t token);

/// Of a node of attention weights.
double attention_weight(const double_precision::ExplainedNode& weights, std::size_t head,
                        std::size_t query, std::size_t key, std::size_t channel);

/// "Layer 0, head 1"; with the target behind where channels are samples of their own.
std::string attention_title(const ExplainedWindow& window, std::size_t layer, std::size_t head,
                            std::size_t channel);

/// Units of a recurrent layer with the largest |h| at the last step, at most `most`, largest
/// first; all units if there are no more.
std::vector<std::size_t> strongest_units(const ExplainedWindow& window, std::size_t layer,
                                         std::size_t most);

/// The gate that a recurrent layer calls `name` in a step; nullptr where it has none.
const double_precision::ExplainedNode* find_gate(const ExplainedWindow& window,
                                                 const double_precision::ExplainedStep& step,
                                                 std::string_view name);

/// H of a recurrent layer.
std::size_t hidden_units(const ExplainedWindow& window, std::size_t layer);

}  // namespace espalier
