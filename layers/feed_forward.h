#pragma once

#include <cstdint>
#include <string>

#include "layers/linear.h"

namespace espalier {

/// gelu in its exact form, with the normal distribution function.
enum class Nonlinearity { relu, gelu };

/// Two linear layers with a nonlinearity between them, applied to each column by itself: parameters
/// `name`.linear1.* [hidden, embed] and `name`.linear2.* [embed, hidden].
class FeedForward {
 public:
  FeedForward(Parameters& parameters, const std::string& name, std::int64_t embed,
              std::int64_t hidden, Nonlinearity nonlinearity);

  /// As for Linear.
  void initialise(RandomKey key);

  /// [embed, batch] → [embed, batch]. What leaves the nonlinearity is offered to regularizers as
  /// Site::feed_forward.
  Var forward(Forward& pass, Var x) const;

  const Linear& linear1() const { return linear1_; }
  const Linear& linear2() const { return linear2_; }
  Nonlinearity nonlinearity() const { return nonlinearity_; }

 private:
  Linear linear1_;
  Linear linear2_;
  Nonlinearity nonlinearity_;
};

}  // namespace espalier
