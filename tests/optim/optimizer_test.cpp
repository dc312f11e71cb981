#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/safetensors.h"
#include "optim/adam.h"
#include "optim/adamw.h"
#include "optim/rmsprop.h"
#include "optim/sgd.h"
#include "tests/support/array.h"

namespace espalier::test {

namespace {

/// Notes what it is called for and what it sees then.
class Recorder final : public Regularizer {
 public:
  struct Call {
    std::string what;
    double grad, value;
  };

  Recorder(std::string name, std::vector<Call>& calls) : name_(std::move(name)), calls_(calls) {}

  void before_step(Parameters& parameters, const TrainingProgress& progress) override {
    note("before", parameters, progress);
  }
  void after_step(Parameters& parameters, const TrainingProgress& progress) override {
    note("after", parameters, progress);
  }

 private:
  void note(const std::string& when, Parameters& parameters, const TrainingProgress& progress) {
    calls_.push_back({name_ + " " + when + " " + std::to_string(progress.step()),
                      parameters.grads()[0], parameters.values()[0]});
  }

  std::string name_;
  std::vector<Call>& calls_;
};

/// Sets the first gradient before the update.
class Meddler final : public Regularizer {
 public:
  void before_step(Parameters& parameters, const TrainingProgress&) override {
    parameters.grads()[0] = 30;
  }
};

constexpr TrainingProgress now{.epoch = 2, .epochs = 5, .batch = 3, .batches_per_epoch = 10};

}  // namespace

TEST_CASE("before_step sees raw gradients, after_step updated weights, in the config's order") {
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {1});
  w.value()[0] = 1;
  w.grad()[0] = 20;
  std::vector<Recorder::Call> calls;
  Regularizers regularizers;
  regularizers.push_back(std::make_unique<Recorder>("first", calls));
  regularizers.push_back(std::make_unique<Recorder>("second", calls));
  Sgd optimizer(parameters, {.lr = 0.5, .max_grad_norm = 1.0});
  optimizer.step(regularizers, now);

  REQUIRE(calls.size() == 4);
  CHECK(calls[0].what == "first before 23");
  CHECK(calls[1].what == "second before 23");
  CHECK(calls[2].what == "first after 23");
  CHECK(calls[3].what == "second after 23");
  for (const std::size_t before : {0U, 1U}) {
    CHECK(calls[before].grad == 20);
    CHECK(calls[before].value == 1);
  }
  for (const std::size_t after : {2U, 3U}) {
    CHECK(calls[after].grad == doctest::Approx(1));
    CHECK(calls[after].value == doctest::Approx(0.5));
  }
}

TEST_CASE("what a regularizer does to gradients is clipped and used") {
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {2});
  w.grad()[1] = 40;
  Regularizers regularizers;
  regularizers.push_back(std::make_unique<Meddler>());
  Sgd optimizer(parameters, {.lr = 1, .max_grad_norm = 5.0});
  optimizer.step(regularizers, now);
  CHECK(difference(w.value().span(), std::vector{-3.0, -4.0}, 1e-6) == "");
}

TEST_CASE("without max_grad_norm gradients are not clipped") {
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {1});
  w.grad()[0] = 1000;
  Sgd optimizer(parameters, {.lr = 0.5});
  optimizer.step({}, now);
  CHECK(w.value()[0] == -500);
}

TEST_CASE("Adam's first step is the learning rate against the gradient's sign") {
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {4});
  const std::vector<real> gradients{1000, -1e-3F, 2, 0};
  std::ranges::copy(gradients, w.grad().data);
  Adam optimizer(parameters, {.lr = 0.125});
  optimizer.step({}, now);
  CHECK(difference(w.value().span(), std::vector{-0.125, 0.125, -0.125, 0.0}, 1e-5) == "");
}

TEST_CASE("an optimizer adds its state beside the weights, once") {
  Parameters parameters;
  parameters.add("w", ParameterKind::weight, {3});
  const Adam adam(parameters, {});
  REQUIRE(parameters.states().size() == 2);
  CHECK(parameters.states()[0].name == "exp_avg");
  CHECK(parameters.states()[1].name == "exp_avg_sq");
  CHECK(parameters.states()[0].slab.size() == parameters.values().size());
}

TEST_CASE("the factor on the learning rate scales the next update, and doesn't add up") {
  for (const OptimizerEntry& entry : optimizer_registry()) {
    CAPTURE(entry.info.name);
    const auto first_move = [&](const std::vector<double>& factors) {
      Parameters parameters;
      const Parameter& w = parameters.add("w", ParameterKind::weight, {1});
      w.grad()[0] = 1;
      const Settings defaults = Settings::defaults(entry.info.settings, Protocol::honest);
      const auto optimizer = entry.make(defaults, parameters);
      const double lr = optimizer->lr();
      CHECK(lr == defaults.number("lr"));
      for (const double factor : factors) {
        optimizer->set_lr_factor(factor);
        CHECK(optimizer->lr() == lr * factor);
      }
      optimizer->step({}, now);
      return static_cast<double>(w.value()[0]);
    };
    const double whole = first_move({});
    CHECK(whole < 0);
    CHECK(first_move({0.5}) == doctest::Approx(0.5 * whole).epsilon(1e-6));
    CHECK(first_move({0.5, 0.25}) == doctest::Approx(0.25 * whole).epsilon(1e-6));
    CHECK(first_move({0}) == 0);
  }
}

TEST_CASE(
    "AdamW shrinks every live parameter by lr times weight_decay and leaves pruned ones at 0") {
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {2});
  const Parameter& b = parameters.add("b", ParameterKind::bias, {1});
  w.value()[0] = 2;
  w.value()[1] = 3;
  b.value()[0] = -4;
  parameters.prune(w.offset() + 1, true);
  AdamW optimizer(parameters, {.lr = 0.5}, 0.25);
  optimizer.set_lr_factor(0.5);
  for (int step = 0; step < 2; ++step) optimizer.step({}, now);
  const double keep = 1 - 0.5 * 0.5 * 0.25;
  CHECK(difference(w.value().span(), std::vector{2 * keep * keep, 0.0}, 1e-6) == "");
  CHECK(b.value()[0] == doctest::Approx(-4 * keep * keep));
}

TEST_CASE("centered RMSprop survives gradients that don't vary") {
  // Their variance is 0, and rounding puts it on either side.
  Parameters parameters;
  const Parameter& w = parameters.add("w", ParameterKind::weight, {64});
  for (int i = 0; i < 64; ++i) w.grad()[i] = real(0.1) + static_cast<real>(i) / 7;
  RmsProp optimizer(parameters, {.alpha = 0.5, .centered = true});
  for (int step = 0; step < 200; ++step) optimizer.step({}, now);
  for (const real value : w.value().span()) CHECK(std::isfinite(value));
}

TEST_CASE("every optimizer goes on from a checkpoint as if it had not stopped") {
  const auto steps = [](Parameters& parameters, Optimizer& optimizer, int count, real start) {
    for (int i = 0; i < count; ++i) {
      parameters.grads()[0] = start + static_cast<real>(i);
      optimizer.step({}, now);
    }
  };
  for (const OptimizerEntry& entry : optimizer_registry()) {
    CAPTURE(entry.info.name);
    Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
    if (settings.values().contains("momentum")) settings.set("momentum", 0.5);
    if (settings.values().contains("centered")) settings.set("centered", true);
    Parameters whole;
    whole.add("w", ParameterKind::weight, {1});
    const auto uninterrupted = entry.make(settings, whole);
    steps(whole, *uninterrupted, 3, -1);
    Safetensors file;
    SavingArchive saving(file);
    serialize(saving, whole);
    uninterrupted->serialize(saving);
    steps(whole, *uninterrupted, 3, 2);

    Parameters resumed;
    resumed.add("w", ParameterKind::weight, {1});
    const auto continued = entry.make(settings, resumed);
    LoadingArchive loading(file);
    serialize(loading, resumed);
    continued->serialize(loading);
    steps(resumed, *continued, 3, 2);
    CHECK(resumed.values()[0] == whole.values()[0]);
    CHECK(whole.values()[0] != 0);
  }
}

}  // namespace espalier::test
