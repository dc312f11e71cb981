#include <cstdio>
#include <espalier/core/ops.h>
#include <espalier/layers/linear.h>
#include <espalier/optim/adam.h>

using namespace espalier;

int main() {
  Parameters parameters;
  Linear line(parameters, "line", 1, 1);
  line.initialise(RandomKey(42));
  Adam adam(parameters, {.lr = 0.1});
  real xs[] = {0, 1, 2, 3}, ys[] = {1, 3, 5, 7};  // y = 2x + 1
  const Regularizers none;
  Tape tape;
  for (int step = 0; step < 500; ++step, tape.reset()) {
    Forward pass(tape, none, Forward::Purpose::training, step);
    Var y = line.forward(pass, tape.constant({xs, {1, 4}}));
    parameters.zero_grad();
    tape.backward(mse_loss(y, tape.constant({ys, {1, 4}})));
    adam.step(none, {});
  }
  std::printf("y = %.3fx + %.3f\n", parameters.find("line.weight")->value()[0],
              parameters.find("line.bias")->value()[0]);
}
