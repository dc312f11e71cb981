// Chapter 2: the tensor tape, and a straight line fitted with it.
#include <cstdio>
#include <string>

#include "core/ops.h"
#include "core/parameters.h"
#include "core/tape.h"

using namespace espalier;

namespace {

void print(const Tape& tape) {
  std::puts("node  op        shape  inputs  gradient");
  for (int i = 0; const Node* node : tape.nodes()) {
    std::string inputs;
    for (const Var input : node->inputs) inputs += std::to_string(input.index()) + " ";
    std::printf("%4d  %-8s  %5s  %-6s  %s\n", i++, node->op, node->value.shape.text().c_str(),
                inputs.c_str(), node->needs_grad ? "yes" : "no");
  }
}

}  // namespace

int main() {
  Parameters parameters;  // zeros
  const Parameter& weight = parameters.add("weight", ParameterKind::weight, {1, 1});
  const Parameter& bias = parameters.add("bias", ParameterKind::bias, {1});
  real xs[] = {0, 1, 2, 3};
  real ys[] = {1, 3, 5, 7};  // y = 2x + 1
  constexpr auto learning_rate = static_cast<real>(0.05);

  Tape tape;
  for (int step = 0; step <= 200; ++step) {
    tape.reset();
    const Var x = tape.constant({xs, {1, 4}}, "x");
    const Var y = tape.constant({ys, {1, 4}}, "y");
    const Var w = tape.parameter(weight);
    const Var b = tape.parameter(bias);
    const Var loss = mse_loss(linear(x, w, b), y);

    parameters.zero_grad();
    tape.backward(loss);
    if (step == 0) {
      print(tape);
      std::printf("\nd loss / d weight = %.1f, d loss / d bias = %.1f\n\n",
                  static_cast<double>(w.grad()[0]), static_cast<double>(b.grad()[0]));
    }
    if (step == 0 || step == 1 || step == 10 || step == 200) {
      std::printf("after %3d steps: y = %.2f x + %.2f, loss %.3f\n", step,
                  static_cast<double>(w.value()[0]), static_cast<double>(b.value()[0]),
                  static_cast<double>(loss.value()[0]));
    }
    for (std::size_t i = 0; i < parameters.values().size(); ++i) {
      parameters.values()[i] -= learning_rate * parameters.grads()[i];
    }
  }
}
