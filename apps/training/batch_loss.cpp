#include "apps/training/batch_loss.h"

#include "core/ops.h"
#include "core/random.h"

namespace espalier {

std::vector<std::size_t> epoch_order(const Config& config, const ForecastingTask& task,
                                     std::int64_t epoch) {
  std::vector<std::size_t> order = task.split.train;
  if (config.train.shuffle) {
    const RandomKey key = RandomKey(config.seed).derive("batch order");
    shuffle(key.derive(static_cast<std::uint64_t>(epoch)), order);
  }
  return order;
}

Var batch_loss(const Config& config, const Windows& windows, const Model& model, Forward& pass,
               std::span<const std::size_t> batch) {
  Tape& tape = pass.tape();
  const auto size = std::ssize(batch);
  const Tensor x = tape.arena().allocate(
      Shape{config.data.window, static_cast<std::int64_t>(windows.features()), size});
  const Tensor y = tape.arena().allocate(Shape{static_cast<std::int64_t>(windows.outputs()), size});
  windows.gather(batch, x.data, y.data);
  const Var forecast = model.forward(pass, tape.constant(x, "x"));
  const Var target = tape.constant(y, "y");
  if (config.train.wants_quantiles()) {
    return pinball_loss(forecast, target, model.shape().quantiles);
  }
  return config.train.loss == "mae" ? mae_loss(forecast, target) : mse_loss(forecast, target);
}

}  // namespace espalier
