#include "apps/graph/step_profile.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "apps/graph/node_bytes.h"
#include "apps/training/batch_loss.h"
#include "apps/training/trainer.h"
#include "core/denormals.h"
#include "core/forward.h"

namespace espalier {

namespace {

using Clock = std::chrono::steady_clock;

double median(std::vector<double>& times) {
  if (times.empty()) return 0;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  return *middle;
}

/// Times every node, step after step.
class NodeClock final : public TapeObserver {
 public:
  NodeClock(std::size_t nodes, int repetitions) : forward_(nodes), backward_(nodes) {
    for (auto* times : {&forward_, &backward_}) {
      for (std::vector<double>& of_node : *times) {
        of_node.reserve(static_cast<std::size_t>(repetitions));
      }
    }
  }

  /// From here on the next node's time counts.
  void start() { begin_ = Clock::now(); }

  void on_forward(Var node) override { note(forward_, node); }
  void on_backward(Var node) override { note(backward_, node); }

  double forward_us(std::size_t node) { return median(forward_[node]); }
  double backward_us(std::size_t node) { return median(backward_[node]); }

 private:
  using Times = std::vector<std::vector<double>>;

  void note(Times& times, Var node) {
    const std::chrono::duration<double, std::micro> passed = Clock::now() - begin_;
    times[node.index()].push_back(passed.count());
    start();
  }

  Times forward_;
  Times backward_;
  Clock::time_point begin_;
};

/// The run's first step up to the optimizer, as often as one likes.
class FirstStep {
 public:
  FirstStep(const Config& config, const ForecastingTask& task, Learner& learner)
      : config_(config),
        task_(task),
        learner_(learner),
        batch_(epoch_order(config, task, /*epoch=*/0)) {
    batch_.resize(std::min(batch_.size(), static_cast<std::size_t>(config.train.batch)));
    const std::span<real> gradients = learner.model->parameters().grads();
    gradients_.assign(gradients.begin(), gradients.end());
  }
  ~FirstStep() { std::ranges::copy(gradients_, learner_.model->parameters().grads().begin()); }
  FirstStep(const FirstStep&) = delete;
  FirstStep& operator=(const FirstStep&) = delete;

  /// Makes room for the next step.
  void clear() {
    tape_.reset();
    learner_.model->parameters().zero_grad();
  }

  void run(TapeObserver* observer) {
    tape_.watch(observer);
    Forward pass(tape_, learner_.regularizers, Forward::Purpose::training, /*pass=*/0);
    const Var loss =
        pass.penalised(batch_loss(config_, task_.windows, *learner_.model, pass, batch_));
    tape_.complete();
    if (is_trainable(*learner_.model)) tape_.backward(loss);
    tape_.watch(nullptr);
  }

  Tape& tape() { return tape_; }

 private:
  const Config& config_;
  const ForecastingTask& task_;
  Learner& learner_;
  std::vector<std::size_t> batch_;
  std::vector<real> gradients_;  // to be put back
  Tape tape_;
};

NodeProfile describe(const Node& node) {
  NodeProfile profile{
      .op = node.op, .shape = node.value.shape.text(), .needs_grad = node.needs_grad};
  for (const Var input : node.inputs) profile.inputs.push_back(input.index());
  if (node.inputs.empty()) {
    profile.kind = node.needs_grad ? NodeProfile::Kind::parameter : NodeProfile::Kind::data;
  }
  return profile;
}

}  // namespace

std::vector<NodeProfile> profile_step(const Config& config, const ForecastingTask& task,
                                      Learner& learner, int repetitions) {
  const FlushDenormals flush;  // as in training
  FirstStep step(config, task, learner);
  step.run(nullptr);  // the arena finds its size
  step.clear();
  NodeBytes bytes(step.tape());
  step.run(&bytes);
  std::vector<NodeProfile> profile;
  for (const Node* node : step.tape().nodes()) {
    profile.push_back(describe(*node));
    profile.back().bytes = bytes.of(profile.size() - 1);
  }
  NodeClock clock(profile.size(), repetitions);
  for (int i = 0; i < repetitions; ++i) {
    step.clear();
    clock.start();
    step.run(&clock);
  }
  for (std::size_t i = 0; i < profile.size(); ++i) {
    profile[i].forward_us = clock.forward_us(i);
    profile[i].backward_us = clock.backward_us(i);
  }
  return profile;
}

}  // namespace espalier
