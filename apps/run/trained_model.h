#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/data/scaler.h"
#include "core/settings.h"
#include "models/model.h"

namespace espalier {

/// A column of the data that a model was trained on.
struct DescribedColumn {
  std::string name;
  /// The identity where each series has its own.
  ColumnScale scale;
  /// Of a feature: by how many rows its values are known ahead, see Frame::leads.
  std::int64_t lead = 0;
};

/// A trained model with what it was made from.
struct TrainedModel {
  std::string type;
  Settings settings;
  ForecastShape shape;
  /// In the order in which the model sees them, and makes them.
  std::vector<DescribedColumn> features;
  std::vector<DescribedColumn> targets;
  /// In which the dates of its data were read; empty: YYYY-MM-DD, or no dates.
  std::string date_order = {};
  /// Of a model of several series: the column that tells them apart, and the targets' scales in
  /// each.
  std::string series_column = {};
  std::map<std::string, std::vector<ColumnScale>> series = {};
  /// model/config.json of its run.
  std::string description;
  std::unique_ptr<Model> model;
};

/// The model of a finished run. Throws UsageError where `run` is no run directory or the run isn't
/// finished, Error where its files are damaged.
TrainedModel load_run_model(const std::string& run);

/// A new model as `description` says, the text of a model/config.json, with layers of these sizes
/// where they aren't the settings'. Its weights are 0. Throws Error for another text; `file` stands
/// in messages.
TrainedModel make_described_model(const std::string& description, const LayerSizes& sizes,
                                  const std::string& file);

}  // namespace espalier
