#include "apps/run/recorder.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/run/checkpoint.h"
#include "core/safetensors.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;
constexpr const char* last_checkpoint = "checkpoints/last.safetensors";
constexpr const char* best_weights = "checkpoints/best.safetensors";

}  // namespace

std::string pruning_line(const Parameters& parameters, const TrainingProgress& progress,
                         const MaskUpdate& update) {
  Json layers = Json::object();
  for (const Parameter& parameter : parameters.all()) {
    const std::int64_t pruned = std::ranges::count(parameter.mask(), 0);
    if (parameter.kind() != ParameterKind::weight && pruned == 0) continue;
    layers[parameter.name()] = {{"pruned", pruned}, {"size", parameter.size()}};
  }
  const double achieved =
      SparsityCount{.pruned = update.pruned, .prunable = update.prunable}.share();
  const Json line{{"epoch", progress.epoch},       {"batch", progress.batch},
                  {"step", progress.step()},       {"target_sparsity", update.target_sparsity},
                  {"achieved_sparsity", achieved}, {"threshold", update.threshold},
                  {"pruned", update.pruned},       {"prunable", update.prunable},
                  {"layers", std::move(layers)}};
  return line.dump();
}

Recorder::Recorder(const RunDirectory& directory, Learner& learner, Trainer& trainer)
    : directory_(directory), learner_(learner), trainer_(trainer) {
  LogPositions logs;
  if (directory.has(last_checkpoint)) {
    logs = load_checkpoint(directory.file(last_checkpoint), learner, trainer);
  }
  metrics_.emplace(directory.file("metrics.jsonl"), logs.metrics);
  pruning_.emplace(directory.file("pruning.jsonl"), logs.pruning);
  timing_.emplace(directory.file("timing.jsonl"), logs.timing);
}

void Recorder::on_mask_update(const TrainingProgress& progress, const MaskUpdate& update) {
  pruning_->append(pruning_line(learner_.model->parameters(), progress, update));
}

void Recorder::on_epoch(const EpochRecord& record) {
  const Json line{{"epoch", record.epoch},
                  {"train_loss", record.train_loss},
                  {"validation_loss", record.validation_loss},
                  {"sparsity", record.sparsity},
                  {"lr", record.lr},
                  {"best", record.best}};
  metrics_->append(line.dump());
  const auto now = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(now - epoch_began_).count();
  // Of one width whatever the clock says, as its length goes into the checkpoint.
  timing_->append(fmt::format(R"({{"epoch": {}, "seconds": {:12.6f}}})", record.epoch, seconds));
  if (record.best) save_parameters(directory_.file(best_weights), learner_.model->parameters());
  checkpoint();
  epoch_began_ = std::chrono::steady_clock::now();
}

void Recorder::checkpoint() {
  for (auto* log : {&metrics_, &pruning_, &timing_}) (*log)->flush();
  save_checkpoint(directory_.file(last_checkpoint), learner_, trainer_,
                  {.metrics = metrics_->flushed_bytes(),
                   .pruning = pruning_->flushed_bytes(),
                   .timing = timing_->flushed_bytes()});
}

}  // namespace espalier
