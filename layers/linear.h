#pragma once

#include <cstdint>
#include <string>

#include "core/forward.h"
#include "core/parameters.h"

namespace espalier {

/// y = W x + b, as torch.nn.Linear: parameters `name`.weight [out, in] and `name`.bias [out].
class Linear {
 public:
  /// `traits` are those of the weight.
  Linear(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out,
         const ParameterTraits& traits = {});

  /// Weight and bias from U(±1/√in), PyTorch's default.
  void initialise(RandomKey key);

  /// [in, batch] → [out, batch], or [time, in, batch] → [time, out, batch].
  Var forward(Forward& pass, Var x) const;

  const Parameter& weight() const { return weight_; }
  const Parameter& bias() const { return bias_; }

 private:
  Parameter& weight_;
  Parameter& bias_;
};

}  // namespace espalier
