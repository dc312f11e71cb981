#include "apps/run/checkpoint.h"

#include "core/safetensors.h"

namespace espalier {

namespace {

/// One list of everything, for both directions.
template <typename ArchiveType, typename File>
void transfer(File& file, Learner& learner, Trainer& trainer, LogPositions& logs) {
  ArchiveType parameters(file, "parameters/");
  serialize(parameters, learner.model->parameters());
  ArchiveType optimizer(file, "optimizer/");
  learner.optimizer->serialize(optimizer);
  for (std::size_t i = 0; i < learner.lr_schedules.size(); ++i) {
    ArchiveType schedule(file, "lr_schedule." + std::to_string(i) + "/");
    learner.lr_schedules[i]->serialize(schedule);
  }
  for (std::size_t i = 0; i < learner.regularizers.size(); ++i) {
    ArchiveType regularizer(file, "regularizer." + std::to_string(i) + "/");
    learner.regularizers[i]->serialize(regularizer);
  }
  ArchiveType training(file, "training/");
  trainer.serialize(training);
  ArchiveType positions(file, "logs/");
  positions.field("metrics", logs.metrics);
  positions.field("pruning", logs.pruning);
  positions.field("timing", logs.timing);
}

}  // namespace

void save_checkpoint(const std::string& path, Learner& learner, Trainer& trainer,
                     LogPositions logs) {
  Safetensors file;
  transfer<SavingArchive>(file, learner, trainer, logs);
  file.write(path);
}

LogPositions load_checkpoint(const std::string& path, Learner& learner, Trainer& trainer) {
  const Safetensors file = Safetensors::read(path);
  LogPositions logs;
  transfer<LoadingArchive>(file, learner, trainer, logs);
  return logs;
}

}  // namespace espalier
