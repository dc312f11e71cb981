#include "apps/training/regularizer_effect.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
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
/// Steps of the run that are tried; a longer run may have what acts only later.
constexpr std::int64_t most_steps = 10'000;

/// Notes where a model offers its activations, the recurrent states of a model that has some
/// included.
class SiteRecorder final : public Regularizer {
 public:
  explicit SiteRecorder(std::set<Site>& sites) : sites_(sites) {}
  bool acts_on_states(const Forward&) const override { return true; }
  Var activation(const Forward&, Site site, Var x) const override {
    sites_.insert(site);
    return x;
  }

 private:
  std::set<Site>& sites_;
};

/// Does nothing, but lets recurrent layers go step by step where another does: the way they go
/// alone moves the last digits.
class StepsLike final : public Regularizer {
 public:
  explicit StepsLike(const Regularizer& other) : other_(other) {}
  bool acts_on_states(const Forward& pass) const override { return other_.acts_on_states(pass); }

 private:
  const Regularizer& other_;
};

template <typename R, typename... Arguments>
Regularizers only(Arguments&&... arguments) {
  Regularizers regularizers;
  regularizers.push_back(std::make_unique<R>(std::forward<Arguments>(arguments)...));
  return regularizers;
}

/// The forecasts and penalised loss of one pass on fixed random inputs.
std::vector<real> trial_pass(const Model& model, const Regularizers& regularizers,
                             const ForecastingTask& task, Forward::Purpose purpose) {
  Tape tape;
  const Tensor x =
      tape.arena().allocate(Shape{static_cast<std::int64_t>(task.windows.window()),
                                  static_cast<std::int64_t>(task.windows.features()), trial_batch});
  fill_uniform(RandomKey(0), -1, 1, x.span());
  Forward pass(tape, regularizers, purpose, 0);
  const Var forecast = model.forward(pass, tape.constant(x));
  const Tensor loss = tape.arena().allocate(Shape{1});
  loss[0] = 1;
  std::vector<real> values(forecast.value().span().begin(), forecast.value().span().end());
  values.push_back(pass.penalised(tape.constant(loss)).value()[0]);
  return values;
}

bool changes_a_pass(const Regularizers& regularizers, const Model& model,
                    const ForecastingTask& task) {
  const Regularizers onlooker = only<StepsLike>(*regularizers.front());
  const auto differs = [&](Forward::Purpose purpose) {
    return trial_pass(model, regularizers, task, purpose) !=
           trial_pass(model, onlooker, task, purpose);
  };
  return differs(Forward::Purpose::training) || differs(Forward::Purpose::evaluation);
}

/// Goes through the hooks of a whole run, without training, until they change something.
/// True as well for a run too long to be tried whole.
bool changes_a_step(Regularizer& regularizer, Parameters& parameters, TrainingProgress progress) {
  // Large weights, so that limits on their size show, among small ones, so that thresholds do.
  for (std::size_t i = 0; i < parameters.values().size(); i += 2) parameters.values()[i] *= 1000;
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
  return progress.epoch < progress.epochs;
}

std::string offered_sites(const Model& model, const ForecastingTask& task) {
  std::set<Site> sites;
  trial_pass(model, only<SiteRecorder>(sites), task, Forward::Purpose::training);
  std::vector<std::string> names;
  for (const Site site : sites) names.emplace_back(site_name(site));
  return names.empty() ? "no site" : join(names, ", ");
}

}  // namespace

bool regularizer_acts(const Learner& learner, const ForecastingTask& task,
                      const TrainingProgress& run) {
  return changes_a_pass(learner.regularizers, *learner.model, task) ||
         changes_a_step(*learner.regularizers.front(), learner.model->parameters(), run);
}

void check_regularizers_act(const Config& config, const ForecastingTask& task) {
  const auto batches = (std::ssize(task.split.train) + config.train.batch - 1) / config.train.batch;
  for (std::size_t i = 0; i < config.regularizers.size(); ++i) {
    Config alone = config;
    alone.regularizers = {config.regularizers[i]};
    const Learner learner = make_learner(alone, task.frame);
    if (learner.regularizers.front()->may_be_inert()) continue;
    const TrainingProgress run{.epochs = config.train.epochs, .batches_per_epoch = batches};
    if (regularizer_acts(learner, task, run)) continue;
    throw UsageError(fmt::format(
        "/regularizers/{}: \"{}\" changes nothing in this run, neither the forward pass nor the "
        "weights at any of its {} steps: check its settings (the {} offers activations at: {}) or "
        "leave it out",
        i, config.regularizers[i].type, config.train.epochs * batches, config.model.type,
        offered_sites(*learner.model, task)));
  }
}

}  // namespace espalier
