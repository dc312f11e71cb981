#include "layers/rnn.h"

namespace espalier {

namespace {

/// As rnn_sequence says.
template <Var (*nonlinearity)(Var)>
RecurrentStates rnn_step(Var from_x, Var from_h, const RecurrentStates&) {
  return {.h = named(nonlinearity(add(from_x, from_h)), "h")};
}

}  // namespace

Var Rnn::forward(Forward& pass, Var x, std::vector<Var>* states) const {
  const auto sequence = [this](Var input, Var weight_ih, Var weight_hh, Var bias_ih, Var bias_hh) {
    return rnn_sequence(input, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity_);
  };
  return layers_.forward(pass, x, sequence,
                         nonlinearity_ == RnnNonlinearity::tanh ? rnn_step<tanh> : rnn_step<relu>,
                         states);
}

}  // namespace espalier
