// Trajectories of weights against torch.optim, computed there in float32 too. The same comparison
// in double stands in tests/gradients/torch_test.cpp.

#include <set>

#include <doctest/doctest.h>

#include "tests/support/torch_optimizers.h"

namespace espalier::test {

TEST_CASE("ten steps of each optimizer, clipped, scheduled and not, agree with PyTorch") {
  std::set<std::string> compared;
  for (const auto& [name, golden] : torch_optimizers().at("optimizers").at("cases").items()) {
    CAPTURE(name);
    CHECK(departure_from_torch(name, 10, 1e-6) == "");
    compared.insert(golden.at("type"));
  }
  for (const OptimizerEntry& entry : optimizer_registry())
    CHECK(compared.contains(entry.info.name));
}

TEST_CASE("adaptive optimizers agree with PyTorch late in training as well") {
  for (const std::string name :
       {"adam", "adam_other_settings", "adam_clipped", "adamw", "adamw_other_settings",
        "adamw_clipped", "rmsprop", "rmsprop_other_settings", "rmsprop_momentum",
        "rmsprop_centered", "rmsprop_centered_momentum"}) {
    CAPTURE(name);
    CHECK(departure_from_torch(name, 1000, 1e-5) == "");
  }
}

TEST_CASE("the comparison notices gradients that are off by a thousandth") {
  for (const std::string name : {"adam", "adamw", "sgd", "sgd_momentum", "rmsprop_momentum"}) {
    CAPTURE(name);
    CHECK(departure_from_torch(name, 10, 1e-6, real(1e-3)) != "");
  }
}

}  // namespace espalier::test
