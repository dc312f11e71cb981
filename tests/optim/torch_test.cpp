// Trajectories of weights against torch.optim, computed there in float32 too. The same comparison
// in double stands in tests/gradients/torch_test.cpp.

#include <doctest/doctest.h>

#include "tests/support/torch_optimizers.h"

namespace espalier::test {

TEST_CASE("ten steps of Adam and SGD, clipped and not, agree with PyTorch") {
  for (const auto& [name, golden] : torch_optimizers().at("cases").items()) {
    CAPTURE(name);
    CHECK(departure_from_torch(name, 10, 1e-6) == "");
  }
}

TEST_CASE("Adam agrees with PyTorch late in training as well") {
  for (const std::string name : {"adam", "adam_other_settings", "adam_clipped"}) {
    CAPTURE(name);
    CHECK(departure_from_torch(name, 1000, 1e-5) == "");
  }
}

TEST_CASE("the comparison notices gradients that are off by a thousandth") {
  for (const std::string name : {"adam", "sgd", "sgd_momentum"}) {
    CAPTURE(name);
    CHECK(departure_from_torch(name, 10, 1e-6, real(1e-3)) != "");
  }
}

}  // namespace espalier::test
