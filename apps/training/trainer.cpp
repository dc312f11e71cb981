#include "apps/training/trainer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/metrics/interval_metrics.h"
#include "apps/training/batch_loss.h"
#include "apps/training/forecaster.h"
#include "core/denormals.h"
#include "core/error.h"
#include "core/forward.h"

namespace espalier {

namespace {

std::int64_t count_batches(std::size_t windows, std::int64_t batch) {
  return (static_cast<std::int64_t>(windows) + batch - 1) / batch;
}

/// The loss of forecasts, as the ops mse_loss, mae_loss and pinball_loss have it.
double loss_of(const WindowForecasts& forecasts, const std::vector<double>& actual,
               const TrainConfig& config) {
  double sum = 0;
  if (config.wants_quantiles()) {
    for (std::size_t k = 0; k < config.quantiles.size(); ++k) {
      sum += pinball_loss(actual, forecasts.quantiles[k], config.quantiles[k]);
    }
    return sum / static_cast<double>(config.quantiles.size());
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double difference = forecasts.mean[i] - actual[i];
    sum += config.loss == "mae" ? std::abs(difference) : difference * difference;
  }
  return sum / static_cast<double>(actual.size());
}

}  // namespace

bool is_trainable(const Model& model) {
  return model.parameters().count() > 0;
}

SparsityCount count_sparsity(const Parameters& parameters) {
  SparsityCount count;
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() != ParameterKind::weight) continue;
    count.pruned += std::ranges::count(parameter.mask(), 0);
    count.prunable += static_cast<std::int64_t>(parameter.size());
  }
  return count;
}

Trainer::Trainer(const Config& config, const ForecastingTask& task, Learner& learner, int threads)
    : config_(config),
      task_(task),
      learner_(learner),
      threads_(threads),
      order_(task.split.train),
      progress_{.epoch = 0,
                .epochs = is_trainable(*learner.model) ? config.train.epochs : 1,
                .batch = 0,
                .batches_per_epoch = count_batches(task.split.train.size(), config.train.batch)},
      early_stopping_(config.train.patience, config.protocol) {
  const Parameters& parameters = learner.model->parameters();
  best_values_.assign(parameters.values().begin(), parameters.values().end());
  best_masks_.assign(parameters.masks().begin(), parameters.masks().end());
}

Trainer::Outcome Trainer::run(std::span<TrainingObserver* const> observers) {
  check_position();
  const FlushDenormals flush;
  while (!finished_) {
    if (run_epoch(observers) == Outcome::interrupted) return Outcome::interrupted;
    const EpochRecord record = end_epoch();
    finished_ = early_stopping_.should_stop() || progress_.epoch + 1 == progress_.epochs;
    ++progress_.epoch;
    progress_.batch = 0;
    loss_sum_ = 0;
    for (TrainingObserver* observer : observers) observer->on_epoch(record);
  }
  return Outcome::finished;
}

void Trainer::check_position() const {
  const bool epoch_fits = progress_.epoch >= 0 && progress_.epoch < progress_.epochs;
  const bool batch_fits = progress_.batch >= 0 && progress_.batch <= progress_.batches_per_epoch;
  if (finished_ || (epoch_fits && batch_fits)) return;
  throw Error(
      fmt::format("the checkpoint stands at epoch {}, batch {}, which this run of {} epochs "
                  "of {} batches doesn't have: it is damaged; begin again with --force",
                  progress_.epoch, progress_.batch, progress_.epochs, progress_.batches_per_epoch));
}

void Trainer::begin_epoch() {
  epochs_run_ = progress_.epoch + 1;
  order_ = epoch_order(config_, task_, progress_.epoch);
  if (progress_.batch > 0) return;  // resumed in the middle
  for (const auto& regularizer : learner_.regularizers) regularizer->on_epoch_begin(progress_);
}

Trainer::Outcome Trainer::run_epoch(std::span<TrainingObserver* const> observers) {
  begin_epoch();
  const auto batch_size = static_cast<std::size_t>(config_.train.batch);
  while (progress_.batch < progress_.batches_per_epoch) {
    const std::size_t begin = static_cast<std::size_t>(progress_.batch) * batch_size;
    const std::size_t count = std::min(batch_size, order_.size() - begin);
    const double loss = train_batch(std::span(order_).subspan(begin, count));
    loss_sum_ += loss * static_cast<double>(count);
    tell_step(observers, loss);
    ++progress_.batch;
    if (std::ranges::any_of(observers, &TrainingObserver::should_interrupt)) {
      return Outcome::interrupted;
    }
  }
  return Outcome::finished;
}

void Trainer::tell_step(std::span<TrainingObserver* const> observers, double loss) const {
  for (TrainingObserver* observer : observers) {
    for (const auto& regularizer : learner_.regularizers) {
      if (const MaskUpdate* update = regularizer->mask_update()) {
        observer->on_mask_update(progress_, *update);
      }
    }
    observer->on_step(progress_, loss);
  }
}

double Trainer::train_batch(std::span<const std::size_t> batch) {
  tape_.reset();
  Forward pass(tape_, learner_.regularizers, Forward::Purpose::training,
               static_cast<std::uint64_t>(progress_.step()));
  const Var loss = batch_loss(config_, task_.windows, *learner_.model, pass, batch);
  const auto value = static_cast<double>(loss.value()[0]);
  if (!std::isfinite(value)) {
    throw Error(
        fmt::format("the loss is not finite at epoch {}, batch {}: lower optimizer.lr or set "
                    "optimizer.max_grad_norm (for example 1.0)",
                    progress_.epoch + 1, progress_.batch + 1));
  }
  if (!is_trainable(*learner_.model)) return value;
  learner_.model->parameters().zero_grad();
  tape_.backward(pass.penalised(loss));
  learner_.optimizer->set_lr_factor(lr_factor(learner_.lr_schedules, progress_));
  lr_ = learner_.optimizer->lr();
  learner_.optimizer->step(learner_.regularizers, progress_);
  return value;
}

bool Trainer::settled() const {
  return std::ranges::all_of(learner_.regularizers, [this](const auto& regularizer) {
    return regularizer->settled(progress_);
  });
}

EpochRecord Trainer::end_epoch() {
  for (const auto& regularizer : learner_.regularizers) regularizer->on_epoch_end(progress_);
  EpochRecord record{
      .epoch = progress_.epoch,
      .train_loss = loss_sum_ / static_cast<double>(order_.size()),
      .validation_loss = validate(),
      .sparsity = count_sparsity(learner_.model->parameters()).share(),
      .lr = lr_,
  };
  if (!std::isfinite(record.validation_loss)) {
    throw Error(fmt::format("the validation loss is not finite after epoch {}: lower optimizer.lr",
                            progress_.epoch + 1));
  }
  if (!settled()) return record;
  for (const auto& schedule : learner_.lr_schedules) schedule->observe(record.validation_loss);
  record.best = early_stopping_.observe(progress_.epoch, record.validation_loss);
  if (record.best) keep_as_best();
  return record;
}

double Trainer::validate() {
  const std::vector<std::size_t>& indices = task_.split.validation;
  const WindowForecasts forecasts =
      forecast_windows(*learner_.model, learner_.regularizers, task_.windows, indices, threads_);
  std::vector<double> actual =
      target_values(task_.frame, indices, task_.windows.window(), task_.windows.horizon());
  const std::vector<ColumnScale> scales =
      target_scales(task_.frame, task_.scaling, indices, task_.windows.horizon());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    actual[i] = scales[i].scaled(actual[i]);
  }
  return loss_of(forecasts, actual, config_.train);
}

void Trainer::keep_as_best() {
  Parameters& parameters = learner_.model->parameters();
  std::ranges::copy(parameters.values(), best_values_.begin());
  std::ranges::copy(parameters.masks(), best_masks_.begin());
}

std::int64_t Trainer::choose_weights() {
  if (!config_.train.restore_best || early_stopping_.best_epoch() < 0) return epochs_run_ - 1;
  Parameters& parameters = learner_.model->parameters();
  std::ranges::copy(best_values_, parameters.values().begin());
  parameters.set_masks(best_masks_);
  return early_stopping_.best_epoch();
}

void Trainer::serialize(Archive& archive) {
  archive.field("epoch", progress_.epoch);
  archive.field("batch", progress_.batch);
  archive.field("loss_sum", loss_sum_);
  archive.field("lr", lr_);
  archive.field("epochs_run", epochs_run_);
  std::int64_t finished = finished_ ? 1 : 0;
  archive.field("finished", finished);
  finished_ = finished != 0;
  early_stopping_.serialize(archive);
  archive.field("best_values", std::span<real>(best_values_));
  archive.field("best_masks", std::span<std::uint8_t>(best_masks_));
}

}  // namespace espalier
