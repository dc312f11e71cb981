#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/config/catalogue.h"
#include "apps/config/config.h"
#include "apps/graph/step_profile.h"
#include "apps/inspect/snapshot.h"
#include "apps/training/trainer.h"

namespace espalier {

/// A finished run, as far as repeating it takes.
struct FinishedRun {
  std::string directory;
  /// Text of config.resolved.json, and what it says.
  std::string resolved;
  Config config;
  /// Of the data it was trained on.
  std::string data_sha256;
};

/// Throws UsageError where `directory` holds no finished run or where what the run was made from,
/// its data or initial weights, is gone or has changed; Error where its files are damaged.
FinishedRun read_finished_run(const std::string& directory, const Catalogue& catalogue);

/// A parameter with the weights that are scored.
struct ParameterSummary {
  std::string name;
  std::string shape;
  std::int64_t size = 0;
  std::int64_t pruned = 0;
  /// Of a weight matrix: see DeadConnections. 0 for all others.
  std::int64_t units = 0, inputs = 0;
  std::int64_t dead_units = 0, dead_inputs = 0;
  /// Euclidean norms; the gradient's is that of the last training step.
  double weight_norm = 0;
  double gradient_norm = 0;

  double sparsity() const { return static_cast<double>(pruned) / static_cast<double>(size); }
};

/// All nodes of one op in a training step.
struct OpSummary {
  std::string op;
  std::int64_t count = 0;
  double forward_us = 0;
  double backward_us = 0;
  std::int64_t bytes = 0;
};

/// What training a finished run again has brought to light.
struct Inspection {
  FinishedRun run;
  std::int64_t rows = 0;
  /// Names of the columns of input.
  std::vector<std::string> features;
  /// Of the repetition: its epochs, and its pruning.jsonl, line by line.
  std::vector<EpochRecord> epochs;
  std::vector<std::string> pruning_lines;
  std::int64_t scored_epoch = 0;
  /// What came out otherwise than in the run itself, one sentence each; empty: nothing.
  std::vector<std::string> differences;

  std::vector<MatrixInfo> matrices;
  std::vector<Snapshot> snapshots;
  std::vector<ParameterSummary> parameters;
  /// Of one training step.
  std::vector<NodeProfile> nodes;

  /// Of the scored weights, among those that the updates count; among all weight matrices where
  /// the last snapshot says so.
  SparsityCount sparsity() const;
};

/// Trains the run again, writing no file, with a RunRecorder looking on. Nothing if it was
/// interrupted. `threads` score the validation rows and change no number; unless `quiet`, progress
/// is shown on stderr as in training.
std::optional<Inspection> inspect_run(const FinishedRun& run, int threads, bool quiet);

/// The nodes by op, in the order in which the ops first occur; leaves are summed up as "parameter"
/// or "data".
std::vector<OpSummary> summarise_ops(const std::vector<NodeProfile>& nodes);

/// For a terminal: the run, its parameters, the ops of one step.
std::string inspection_text(const Inspection& inspection);

/// The same as one JSON object on one line, and every update of masks as pruning.jsonl has it.
std::string inspection_json(const Inspection& inspection, const std::string& page_path);

}  // namespace espalier
