#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "apps/training/forecasting_task.h"

namespace espalier {

/// The rows that a run's weights were fitted to, as far as later evaluations need them.
struct TrainingRows {
  /// From the beginning of each series, together.
  std::size_t rows = 0;
  /// The earliest and the latest of their times.
  std::string first = {};
  std::string last = {};
  /// Rows from one season to the next: `data.season`, or 1 without.
  std::size_t season = 1;
  /// Of each target: naive_error (apps/metrics/error_metrics.h) with that season; of several
  /// series, the mean over all of their steps.
  std::vector<std::optional<double>> naive_errors = {};
};

TrainingRows training_rows(const DataConfig& config, const ForecastingTask& task);

/// As metrics.json holds it. `targets`: their names.
nlohmann::ordered_json training_rows_json(const TrainingRows& training,
                                          const std::vector<std::string>& targets);

/// What the text of a metrics.json says of these targets; nothing where an earlier version wrote
/// it.
std::optional<TrainingRows> recorded_training_rows(const std::string& metrics_json,
                                                   const std::vector<std::string>& targets);

}  // namespace espalier
