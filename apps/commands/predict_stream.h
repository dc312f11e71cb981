#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apps/prediction/prediction_stream.h"

namespace espalier {

struct PredictStreamOptions {
  std::string run;
  std::optional<std::int64_t> horizon;
  /// Empty optional: as the first line shows.
  std::optional<StreamFormat> format;
  /// Tell at the end how long rows took.
  bool latency = false;
};

/// Forecasts after rows from stdin to stdout, each written before the next row is read. Rows that
/// can't be used are told of on stderr and left out. Ends with the input, when nobody reads its
/// output any more, or by Ctrl-C; returns the exit code.
int predict_stream(const PredictStreamOptions& options);

}  // namespace espalier
