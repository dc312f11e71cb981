#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol.h"
#include "core/settings.h"

namespace espalier {

/// A registered component as a config names it: its type and its complete settings.
struct ComponentConfig {
  std::string type;
  Settings settings;
};

/// Section "data": which rows and columns, and how they become windows.
struct DataConfig {
  std::string path;
  /// Column(s) holding the time; two columns are joined with a space. Empty: rows are just ordered.
  std::vector<std::string> time;
  /// Column(s) to forecast, all different.
  std::vector<std::string> targets;
  /// Input columns; empty optional: all numeric columns (under `author` without the targets).
  std::optional<std::vector<std::string>> features;
  /// Column that says which series a row is of; empty optional: all rows are one series.
  std::optional<std::string> series = {};
  /// Take every target column for a series of its own, for one model of all.
  bool melt = false;
  /// Features whose values are known for the rows to forecast.
  std::vector<std::string> known_future = {};
  /// Features made of the time: see data/calendar.h.
  std::vector<std::string> calendar = {};
  /// Rows of input per window (L).
  std::int64_t window = 30;
  /// Rows to forecast after the window, all at once (direct multi-step).
  std::int64_t horizon = 1;
  /// Chronological shares: train, validation, test; or (`author`) train and scored validation.
  std::vector<double> split;
  /// "standard" or "none".
  std::string scale;
  /// "error", "ffill", "interpolate" or "drop".
  std::string missing;
  /// "note", "error" or "fill": see data/gaps.h.
  std::string gaps = "note";
  /// Cell texts that mean "no value".
  std::vector<std::string> missing_markers;
  /// One character; empty optional: detected.
  std::optional<std::string> delimiter;
  /// "." or ","; empty optional: detected.
  std::optional<std::string> decimal;
  /// "YMD", "MDY" or "DMY"; empty optional: detected.
  std::optional<std::string> date_order;
  /// Rows in one season, for the seasonal naive baseline; empty optional: no such baseline.
  std::optional<std::int64_t> season;
  /// Use only the first so many rows; empty optional: all.
  std::optional<std::int64_t> rows;

  bool operator==(const DataConfig&) const = default;
};

/// The loss that asks for quantiles.
inline constexpr const char* quantile_loss = "quantile";

/// Section "train".
struct TrainConfig {
  std::int64_t epochs = 20;
  std::int64_t batch = 64;
  /// Epochs without improvement before stopping; empty optional: never stop early.
  std::optional<std::int64_t> patience;
  bool shuffle = true;
  /// "mse", "mae" or "quantile".
  std::string loss;
  /// Levels of the quantiles that a model of loss "quantile" forecasts, ascending, with 0.5; empty
  /// for any other loss.
  std::vector<double> quantiles;
  /// Score the weights of the best validation epoch (true) or of the last epoch (false).
  bool restore_best = true;
  /// Share of pruned weights from which on products with a weight matrix skip them; empty optional:
  /// never.
  std::optional<double> skip_pruned_from;
  /// Safetensors file with initial weights; empty optional: drawn from the seed.
  std::optional<std::string> init_from;

  bool wants_quantiles() const { return loss == quantile_loss; }
};

/// A whole run, complete: every default is written out.
struct Config {
  std::string name;
  std::uint64_t seed = 42;
  Protocol protocol = Protocol::honest;
  DataConfig data;
  ComponentConfig model;
  ComponentConfig optimizer;
  /// Their factors on the optimizer's learning rate multiply.
  std::vector<ComponentConfig> lr_schedules;
  std::vector<ComponentConfig> regularizers;
  TrainConfig train;
};

}  // namespace espalier
