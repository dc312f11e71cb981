// Chapter 4: dropout and pruning as two masks, the second one written here.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include "core/ops.h"
#include "layers/linear.h"
#include "optim/sgd.h"
#include "regularizers/dropout.h"

using namespace espalier;

/// Prunes weights whose magnitude is below a threshold, for good. The threshold rises evenly, epoch
/// by epoch, over the first half of training.
class RisingThreshold final : public Regularizer {
 public:
  explicit RisingThreshold(double threshold) : threshold_(threshold) {}

  void before_step(Parameters& parameters, const TrainingProgress& now) override {
    const double limit = threshold_ * risen(now);
    for (const Parameter& parameter : parameters.all()) {
      if (parameter.kind() != ParameterKind::weight) continue;  // biases stay
      for (std::size_t i = 0; i < parameter.size(); ++i) {
        if (parameter.mask()[i] == 0 || std::abs(parameter.value().data[i]) >= limit) continue;
        parameters.prune(parameter.offset() + i, /*forget_state=*/true);
      }
    }
    parameters.mask_grads();
  }

  void after_step(Parameters& parameters, const TrainingProgress&) override {
    parameters.apply_masks();
  }

  bool settled(const TrainingProgress& now) const override { return risen(now) >= 1; }

 private:
  static double risen(const TrainingProgress& now) {
    return std::min(1.0,
                    2.0 * static_cast<double>(now.epoch + 1) / static_cast<double>(now.epochs));
  }

  double threshold_;
};

/// For each number, # where it is kept and . where a mask has made it 0.
std::string marks(const Tensor& numbers) {
  std::string text;
  for (const real number : numbers.span()) text += number == 0 ? '.' : '#';
  return text;
}

int main() {
  Parameters parameters;
  Linear hidden(parameters, "hidden", 3, 8);
  Linear output(parameters, "output", 8, 1);
  hidden.initialise(RandomKey(1));
  output.initialise(RandomKey(2));
  Sgd sgd(parameters, {.lr = 0.1});
  Regularizers regularizers;
  regularizers.push_back(std::make_unique<Dropout>(0.25, std::vector{Site::head}, RandomKey(4)));
  regularizers.push_back(std::make_unique<RisingThreshold>(0.25));

  real x[] = {1, -1, 2}, y[] = {1};
  Tape tape;
  std::puts("epoch  units     weights of the 8 units      of the output");
  for (unsigned epoch = 0; epoch < 8; ++epoch) {
    tape.reset();
    Forward pass(tape, regularizers, Forward::Purpose::training, epoch);
    const Var units = tanh(hidden.forward(pass, tape.constant({x, {3, 1}})));
    const Var kept = pass.activation(Site::head, units);
    parameters.zero_grad();
    tape.backward(mse_loss(output.forward(pass, kept), tape.constant({y, {1, 1}})));
    sgd.step(regularizers, {.epoch = epoch, .epochs = 8});
    std::printf("%5u  %s  %s  %s\n", epoch + 1, marks(kept.value()).c_str(),
                marks(hidden.weight().value()).c_str(), marks(output.weight().value()).c_str());
  }
}
