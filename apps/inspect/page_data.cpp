#include <algorithm>
#include <string>
#include <vector>

#include <sodium.h>

#include "apps/inspect/even_sample.h"
#include "apps/inspect/page.h"
#include "apps/report/chart_parts.h"

namespace espalier {

using Json = nlohmann::ordered_json;

namespace {

/// A curve shows at most so many updates.
constexpr std::size_t most_shown_updates = 500;

std::string base64(const std::vector<std::int8_t>& bytes) {
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back();  // the terminating NUL
  return text;
}

/// What the columns of a matrix read, where that is one of the columns of the data each: in the
/// first layer of a recurrent network. Empty for all others.
std::vector<std::string> input_names(const Inspection& inspection, std::size_t matrix) {
  const MatrixInfo& info = inspection.matrices[matrix];
  const bool feeds_recurrent_units = std::ranges::any_of(
      inspection.matrices,
      [matrix](const MatrixInfo& other) { return other.recurrent && other.units_of == matrix; });
  const bool fits = info.grid.columns == std::ssize(inspection.features);
  return matrix == 0 && feeds_recurrent_units && fits ? inspection.features
                                                      : std::vector<std::string>{};
}

Json matrix_json(const Inspection& inspection, std::size_t matrix) {
  const MatrixInfo& info = inspection.matrices[matrix];
  return {{"name", info.name},
          {"rows", info.grid.rows},
          {"columns", info.grid.columns},
          {"cell_rows", info.grid.cell_rows()},
          {"cell_columns", info.grid.cell_columns()},
          {"block_rows", info.grid.block_rows},
          {"block_columns", info.grid.block_columns},
          {"blocks", info.blocks},
          {"units_of", info.units_of},
          {"inputs", input_names(inspection, matrix)}};
}

Json record_json(const MatrixRecord& record, const MatrixInfo& info) {
  const DeadConnections dead = find_dead(unpack_mask(record.mask_bits, info.size()), info.grid.rows,
                                         info.grid.columns, info.blocks);
  return {{"survivors", record.survivors},
          {"weight_norm", static_cast<float>(record.weight_norm)},
          {"gradient_norm", static_cast<float>(record.gradient_norm)},
          {"dead_units", dead.units},
          {"dead_inputs", dead.inputs},
          {"kept", record.histogram.kept},
          {"taken", record.histogram.taken},
          {"scale", record.values.scale},
          {"cells", base64(record.values.cells)}};
}

const char* moment_name(Snapshot::Moment moment) {
  switch (moment) {
    case Snapshot::Moment::start:
      return "start";
    case Snapshot::Moment::update:
      return "update";
    case Snapshot::Moment::epoch_end:
      return "epoch_end";
    case Snapshot::Moment::scored:
      break;
  }
  return "scored";
}

Json snapshot_json(const Snapshot& snapshot, const std::vector<MatrixInfo>& matrices) {
  Json json{{"moment", moment_name(snapshot.moment)},
            {"number", snapshot.number},
            {"epoch", snapshot.progress.epoch},
            {"batch", snapshot.progress.batch},
            {"batches", snapshot.progress.batches_per_epoch},
            {"pruned", snapshot.update.pruned},
            {"prunable", snapshot.update.prunable}};
  if (!snapshot.of_all_matrices) json["achieved"] = snapshot.achieved_sparsity();
  if (snapshot.moment == Snapshot::Moment::update) {
    json["target"] = snapshot.update.target_sparsity;
    json["threshold"] = snapshot.update.threshold;
  }
  json["matrices"] = Json::array();
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    json["matrices"].push_back(record_json(snapshot.matrices[i], matrices[i]));
  }
  return json;
}

/// Where in training each update was, in epochs, with its sparsities.
Json updates_json(const Inspection& inspection) {
  double batches = 1;
  for (const Snapshot& snapshot : inspection.snapshots) {
    batches = std::max(batches, static_cast<double>(snapshot.progress.batches_per_epoch));
  }
  EvenSample<Json> shown(most_shown_updates);
  for (const std::string& text : inspection.pruning_lines) {
    const Json line = Json::parse(text);
    const double at = line["epoch"].get<double>() + line["batch"].get<double>() / batches;
    shown.add({{"at", rounded(at)},
               {"target", rounded(line["target_sparsity"].get<double>())},
               {"achieved", rounded(line["achieved_sparsity"].get<double>())},
               {"prunable", line["prunable"]}});
  }
  return Json(shown.items());
}

}  // namespace

Json page_data(const Inspection& inspection) {
  Json data{{"histogram",
             {{"lowest_decade", MagnitudeHistogram::lowest_decade},
              {"bins_per_decade", MagnitudeHistogram::bins_per_decade}}},
            {"matrices", Json::array()},
            {"snapshots", Json::array()},
            {"epochs", Json::array()},
            {"updates", updates_json(inspection)},
            {"updates_made", inspection.pruning_lines.size()}};
  for (std::size_t i = 0; i < inspection.matrices.size(); ++i) {
    data["matrices"].push_back(matrix_json(inspection, i));
  }
  for (const Snapshot& snapshot : inspection.snapshots) {
    data["snapshots"].push_back(snapshot_json(snapshot, inspection.matrices));
  }
  for (const EpochRecord& epoch : inspection.epochs) {
    data["epochs"].push_back({{"train", rounded(epoch.train_loss)},
                              {"validation", rounded(epoch.validation_loss)},
                              {"lr", rounded(epoch.lr)},
                              {"sparsity", rounded(epoch.sparsity)},
                              {"best", epoch.best}});
  }
  return data;
}

}  // namespace espalier
