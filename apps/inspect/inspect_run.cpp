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
#include "apps/run/model_description.h"
#include "apps/run/observed_run.h"
#include "apps/run/recorder.h"
#include "core/atomic_file.h"

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

/// What the run has left, read before the repetition, which takes longer.
struct Record {
  std::vector<std::string> pruning_lines;
  TrainedModel trained;
};

Record read_record(const std::string& run, const Config& config, const ForecastingTask& task) {
  Record record;
  std::istringstream log(read_file(run + "/pruning.jsonl"));
  for (std::string line; std::getline(log, line);) record.pruning_lines.push_back(line);
  record.trained = load_matching_model(run, config, task);
  return record;
}

/// Empty where the lines are those of the run's pruning.jsonl.
std::string difference_of_logs(const std::vector<std::string>& recorded,
                               const std::vector<std::string>& lines) {
  const auto [at, other] = std::ranges::mismatch(recorded, lines);
  if (at != recorded.end() && other != lines.end()) {
    return fmt::format("line {} of pruning.jsonl is not what the repetition did",
                       at - recorded.begin() + 1);
  }
  if (recorded.size() == lines.size()) return "";
  return fmt::format("pruning.jsonl tells of {}, the repetition made {}",
                     counted(recorded.size(), "update"), lines.size());
}

/// Empty where the weights are those of the run, to the bit. Both are of one model.
std::string difference_of_weights(const Parameters& recorded, const Parameters& parameters) {
  std::size_t count = 0;
  double largest = 0;
  for (std::size_t k = 0; k < parameters.all().size(); ++k) {
    const std::span<const real> values = parameters.all()[k].value().span();
    const std::span<const real> stored = recorded.all()[k].value().span();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::memcmp(&stored[i], &values[i], sizeof(real)) == 0) continue;
      ++count;
      const double difference =
          std::abs(static_cast<double>(stored[i]) - static_cast<double>(values[i]));
      largest = std::isnan(difference) ? INFINITY : std::max(largest, difference);
    }
  }
  if (count == 0) return "";
  return fmt::format(
      "{} of {} weights in model/model.safetensors are not the repetition's, by up to {:.3g}",
      count, parameters.count(), largest);
}

/// `recorder` has to be the last of the regularizers.
void describe(const Learner& learner, const RunRecorder& recorder, const Record& record,
              Inspection& inspection) {
  const Parameters& parameters = learner.model->parameters();
  inspection.matrices = recorder.matrices();
  inspection.snapshots = recorder.snapshots();
  for (const Parameter& parameter : parameters.all()) {
    inspection.parameters.push_back(summarise(parameter));
  }
  for (std::string difference :
       {difference_of_logs(record.pruning_lines, inspection.pruning_lines),
        difference_of_weights(record.trained.model->parameters(), parameters)}) {
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
  const Record record = read_record(run.directory, config, task);
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
  describe(learner, recorder, record, inspection);
  learner.regularizers.pop_back();
  inspection.nodes = profile_step(config, task, learner, profiled_steps);
  return inspection;
}

}  // namespace espalier
