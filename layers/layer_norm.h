#pragma once

#include <cstdint>
#include <string>

#include "core/forward.h"
#include "core/parameters.h"

namespace espalier {

/// Layer normalisation over the features of each sample (Ba et al., arXiv 1607.06450), as
/// torch.nn.LayerNorm: parameters `name`.weight and `name`.bias, both [features].
class LayerNorm {
 public:
  /// `author_prunable`: see ParameterTraits.
  LayerNorm(Parameters& parameters, const std::string& name, std::int64_t features,
            bool author_prunable = false);

  /// Weight 1, bias 0.
  void initialise();

  /// [features, batch] → [features, batch].
  Var forward(Forward& pass, Var x) const;

 private:
  Parameter& weight_;
  Parameter& bias_;
};

}  // namespace espalier
