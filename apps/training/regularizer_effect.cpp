#include "apps/training/regularizer_effect.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "apps/config/text.h"
#include "apps/training/learner.h"
#include "apps/usage_error.h"
#include "core/forward.h"
#include "core/random.h"
#include "regularizers/sites.h"

namespace espalier {

namespace {

constexpr std::int64_t trial_batch = 4;
/// Steps of the run that are tried; what hasn't acted by then won't be missed.
constexpr std::int64_t most_steps = 10'000;

/// Notes where a model offers its activations.
class SiteRecorder final : public Regularizer {
 public:
  explicit SiteRecorder(std::set<Site>& sites) : sites_(sites) {}
  Var activation(const Forward&, Site site, Var x) const override {
    sites_.insert(site);
    return x;
  }

 private:
  std::set<Site>& sites_;
};

/// The forecasts and penalised loss of one training pass on fixed random inputs.
std::vector<real> training_pass(const Model& model, const Regularizers& regularizers,
                                const ForecastingTask& task) {
  Tape tape;
  const Tensor x =
      tape.arena().allocate(Shape{static_cast<std::int64_t>(task.windows.window()),
                                  static_cast<std::int64_t>(task.windows.features()), trial_batch});
  fill_uniform(RandomKey(0), -1, 1, x.span());
  Forward pass(tape, regularizers, Forward::Purpose::training, 0);
  const Var forecast = model.forward(pass, tape.constant(x));
  const Tensor loss = tape.arena().allocate(Shape{1});
  loss[0] = 1;
  std::vector<real> values(forecast.value().span().begin(), forecast.value().span().end());
  values.push_back(pass.penalised(tape.constant(loss)).value()[0]);
  return values;
}

/// Goes through the hooks of a whole run, without training, until they change something.
bool changes_a_step(Regularizer& regularizer, Parameters& parameters, TrainingProgress progress) {
  // Large weights, so that limits on their size show.
  for (real& value : parameters.values()) value *= 1000;
  std::ranges::fill(parameters.grads(), real{1});
  const std::vector<real> values(parameters.values().begin(), parameters.values().end());
  for (std::int64_t step = 0; step < most_steps && progress.epoch < progress.epochs; ++step) {
    if (progress.batch == 0) regularizer.on_epoch_begin(progress);
    regularizer.before_step(parameters, progress);
    regularizer.after_step(parameters, progress);
    const bool same_grads =
        std::ranges::all_of(parameters.grads(), [](real grad) { return grad == 1; });
    if (!same_grads || !std::ranges::equal(parameters.values(), values)) return true;
    if (++progress.batch == progress.batches_per_epoch) {
      regularizer.on_epoch_end(progress);
      progress.batch = 0;
      ++progress.epoch;
    }
  }
  return false;
}

std::string offered_sites(const Model& model, const ForecastingTask& task) {
  std::set<Site> sites;
  Regularizers recorder;
  recorder.push_back(std::make_unique<SiteRecorder>(sites));
  training_pass(model, recorder, task);
  std::vector<std::string> names;
  for (const Site site : sites) names.emplace_back(site_name(site));
  return names.empty() ? "no site" : join(names, ", ");
}

}  // namespace

void check_regularizers_act(const Config& config, const ForecastingTask& task) {
  const auto batches = (std::ssize(task.split.train) + config.train.batch - 1) / config.train.batch;
  for (std::size_t i = 0; i < config.regularizers.size(); ++i) {
    Config alone = config;
    alone.regularizers = {config.regularizers[i]};
    const Learner learner = make_learner(alone, task.frame);
    Regularizer& regularizer = *learner.regularizers.front();
    const bool changes_pass = training_pass(*learner.model, learner.regularizers, task) !=
                              training_pass(*learner.model, {}, task);
    if (changes_pass || regularizer.may_be_inert()) continue;
    if (changes_a_step(regularizer, learner.model->parameters(),
                       {.epochs = config.train.epochs, .batches_per_epoch = batches})) {
      continue;
    }
    throw UsageError(fmt::format(
        "/regularizers/{}: \"{}\" changes nothing in this run, neither the forward pass nor the "
        "weights at any of its {} steps: check its settings (the {} offers activations at: {}) or "
        "leave it out",
        i, config.regularizers[i].type, config.train.epochs * batches, config.model.type,
        offered_sites(*learner.model, task)));
  }
}

}  // namespace espalier
