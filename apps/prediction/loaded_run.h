#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "apps/config/config.h"
#include "apps/run/trained_model.h"
#include "core/regularizer.h"

namespace espalier {

/// A finished run, ready to forecast rows that it hasn't seen. Its own data aren't read.
struct LoadedRun {
  /// Its directory.
  std::string path;
  TrainedModel trained;
  /// Says how rows are to be read: its features and targets are those of the model, by name.
  Config config;
  /// As in evaluation.
  Regularizers regularizers;
};

/// `input` becomes the config's data file; empty optional: rows come from elsewhere. Throws
/// UsageError where `run` is no finished run, Error where its files are damaged.
LoadedRun load_run(const std::string& run, const std::optional<std::string>& input = {});

/// Throws UsageError for levels of intervals where the model forecasts quantiles.
void refuse_levels_of_quantiles(const LoadedRun& run, std::span<const double> levels);

/// Steps to forecast: `asked`, or all that the model makes. Throws UsageError where it makes fewer.
std::size_t chosen_horizon(const LoadedRun& run, const std::optional<std::int64_t>& asked);

}  // namespace espalier
