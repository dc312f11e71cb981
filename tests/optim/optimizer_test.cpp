#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/safetensors.h"
#include "optim/adam.h"
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

TEST_CASE("Adam goes on from a checkpoint as if it had not stopped") {
  const auto steps = [](Parameters& parameters, Optimizer& optimizer, int count, real start) {
    for (int i = 0; i < count; ++i) {
      parameters.grads()[0] = start + static_cast<real>(i);
      optimizer.step({}, now);
    }
  };
  Parameters whole;
  whole.add("w", ParameterKind::weight, {1});
  Adam uninterrupted(whole, {.lr = 0.1});
  steps(whole, uninterrupted, 3, -1);
  Safetensors file;
  SavingArchive saving(file);
  serialize(saving, whole);
  uninterrupted.serialize(saving);
  steps(whole, uninterrupted, 3, 2);

  Parameters resumed;
  resumed.add("w", ParameterKind::weight, {1});
  Adam continued(resumed, {.lr = 0.1});
  LoadingArchive loading(file);
  serialize(loading, resumed);
  continued.serialize(loading);
  steps(resumed, continued, 3, 2);
  CHECK(resumed.values()[0] == whole.values()[0]);
}

}  // namespace espalier::test
