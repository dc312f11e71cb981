#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/data/cell_text.h"
#include "apps/inspect/inspection.h"
#include "apps/inspect/run_recorder.h"
#include "apps/run/observed_run.h"
#include "apps/run/recorder.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

/// Times of one step are medians over so many.
constexpr int profiled_steps = 15;

/// Notes what a run writes to its logs.
class LogWatch final : public TrainingObserver {
 public:
  LogWatch(const Parameters& parameters, Inspection& inspection)
      : parameters_(parameters), inspection_(inspection) {}

  void on_mask_update(const TrainingProgress& progress, const MaskUpdate& update) override {
    inspection_.pruning_lines.push_back(pruning_line(parameters_, progress, update));
  }
  void on_epoch(const EpochRecord& record) override { inspection_.epochs.push_back(record); }

 private:
  const Parameters& parameters_;
  Inspection& inspection_;
};

ParameterSummary summarise(const Parameter& parameter) {
  ParameterSummary summary{.name = parameter.name(),
                           .shape = parameter.shape().text(),
                           .size = static_cast<std::int64_t>(parameter.size()),
                           .pruned = std::ranges::count(parameter.mask(), std::uint8_t{0}),
                           .weight_norm = euclidean_norm(parameter.value().span()),
                           .gradient_norm = euclidean_norm(parameter.grad().span())};
  if (parameter.kind() != ParameterKind::weight) return summary;
  const std::int64_t rows = parameter.shape()[0];
  const std::int64_t blocks = parameter.traits().blocks;
  summary.units = rows / blocks;
  summary.inputs = summary.size / rows;
  const DeadConnections dead = find_dead(parameter.mask(), rows, summary.inputs, blocks);
  summary.dead_units = std::ssize(dead.units);
  summary.dead_inputs = std::ssize(dead.inputs);
  return summary;
}

/// Empty where the lines are those of the run's pruning.jsonl.
std::string difference_of_logs(const std::string& run, const std::vector<std::string>& lines) {
  std::istringstream log(read_file(run + "/pruning.jsonl"));
  std::vector<std::string> recorded;
  for (std::string line; std::getline(log, line);) recorded.push_back(line);
  const auto [at, other] = std::ranges::mismatch(recorded, lines);
  if (at != recorded.end() && other != lines.end()) {
    return fmt::format("line {} of pruning.jsonl is not what the repetition did",
                       at - recorded.begin() + 1);
  }
  if (recorded.size() == lines.size()) return "";
  return fmt::format("pruning.jsonl tells of {}, the repetition made {}",
                     counted(recorded.size(), "update"), lines.size());
}

/// Of the values of one parameter, those that are others in the file.
struct ValueDifference {
  std::size_t count = 0;
  double largest = 0;
};

void add_difference(const Parameter& parameter, const Safetensors::Entry& entry,
                    const std::string& file, ValueDifference& sum) {
  const std::span<const real> values = parameter.value().span();
  if (entry.dtype != "F32" || entry.bytes.size() != values.size_bytes()) {
    throw Error(fmt::format("{} is damaged: {} is no F32 of the shape {}", file, parameter.name(),
                            parameter.shape().text()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    real stored = 0;
    std::memcpy(&stored, entry.bytes.data() + i * sizeof(real), sizeof(real));
    if (std::memcmp(&stored, &values[i], sizeof(real)) == 0) continue;
    ++sum.count;
    const double difference =
        std::abs(static_cast<double>(stored) - static_cast<double>(values[i]));
    sum.largest = std::isnan(difference) ? INFINITY : std::max(sum.largest, difference);
  }
}

/// Empty where the weights are those of the run, to the bit.
std::string difference_of_weights(const std::string& run, const Parameters& parameters) {
  const std::string path = run + "/model/model.safetensors";
  const Safetensors file = Safetensors::read(path);
  ValueDifference sum;
  for (const Parameter& parameter : parameters.all()) {
    const auto entry = file.entries.find(parameter.name());
    if (entry == file.entries.end()) {
      throw Error(fmt::format("{} is damaged: it lacks {}", path, parameter.name()));
    }
    add_difference(parameter, entry->second, path, sum);
  }
  if (sum.count == 0) return "";
  return fmt::format(
      "{} of {} weights in model/model.safetensors are not the repetition's, by up to "
      "{:.3g}",
      sum.count, parameters.count(), sum.largest);
}

/// `recorder` has to be the last of the regularizers.
void describe(Learner& learner, const RunRecorder& recorder, Inspection& inspection) {
  const Parameters& parameters = learner.model->parameters();
  inspection.matrices = recorder.matrices();
  inspection.snapshots = recorder.snapshots();
  for (const Parameter& parameter : parameters.all()) {
    inspection.parameters.push_back(summarise(parameter));
  }
  const std::string& run = inspection.run.directory;
  for (std::string difference : {difference_of_logs(run, inspection.pruning_lines),
                                 difference_of_weights(run, parameters)}) {
    if (!difference.empty()) inspection.differences.push_back(std::move(difference));
  }
}

}  // namespace

SparsityCount Inspection::sparsity() const {
  if (snapshots.empty()) return {};
  const MaskUpdate& last = snapshots.back().update;
  return {.pruned = last.pruned, .prunable = last.prunable};
}

std::optional<Inspection> inspect_run(const FinishedRun& run, int threads, bool quiet) {
  Inspection inspection;
  inspection.run = run;
  const Config& config = inspection.run.config;
  const ForecastingTask task = load_task(config.data, config.protocol);
  inspection.rows = static_cast<std::int64_t>(task.frame.rows());
  for (const std::size_t feature : task.frame.features) {
    inspection.features.push_back(task.frame.names[feature]);
  }
  Learner learner = make_learner(config, task.frame);
  Parameters& parameters = learner.model->parameters();
  auto plugin = std::make_unique<RunRecorder>(learner.regularizers);
  RunRecorder& recorder = *plugin;
  recorder.attach(parameters);
  learner.regularizers.push_back(std::move(plugin));

  Trainer trainer(config, task, learner, threads);
  LogWatch watch(parameters, inspection);
  if (run_observed(trainer, watch, quiet) == Trainer::Outcome::interrupted) return std::nullopt;
  inspection.scored_epoch = trainer.choose_weights();
  recorder.record_scored(inspection.scored_epoch);
  describe(learner, recorder, inspection);
  learner.regularizers.pop_back();
  inspection.nodes = profile_step(config, task, learner, profiled_steps);
  return inspection;
}

}  // namespace espalier
