// Networks trained in PyTorch by python/espalier_twin.py load, and forecast here what they do
// there.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "apps/run/exported_model.h"
#include "core/forward.h"
#include "models/registry.h"
#include "tests/support/golden.h"

using namespace espalier;
using namespace espalier::test;

namespace {

/// Forecasts of windows [batch][window][feature], as [batch][step][target], of quantiles as
/// [batch][level][step][target]; both in the units of the file.
std::vector<double> forecasts(const TrainedModel& trained, const std::vector<double>& windows) {
  const ForecastShape& shape = trained.shape;
  const std::int64_t row_count = shape.window * shape.features;
  const std::int64_t batch = std::ssize(windows) / row_count;
  Array x{{shape.window, shape.features, batch}, {}};
  for (std::int64_t row = 0; row < row_count; ++row) {
    const ColumnScale& scale =
        trained.features[static_cast<std::size_t>(row % shape.features)].scale;
    for (std::int64_t b = 0; b < batch; ++b) {
      const double value = windows[static_cast<std::size_t>(b * row_count + row)];
      x.elements.push_back(static_cast<real>(scale.scaled(value)));
    }
  }
  const Regularizers none;
  Tape tape(Tape::Mode::inference);
  Forward pass(tape, none, Forward::Purpose::evaluation, 0);
  const Tensor y = trained.model->forward(pass, tape.constant(x.tensor())).value();
  std::vector<double> restored;
  for (std::int64_t b = 0; b < batch; ++b) {
    for (std::int64_t i = 0; i < shape.outputs(); ++i) {
      const ColumnScale& scale = trained.targets[static_cast<std::size_t>(i % shape.targets)].scale;
      restored.push_back(scale.restored(static_cast<double>(y[i * batch + b])));
    }
  }
  return restored;
}

std::string file_of(const std::string& name) {
  return ESPALIER_SOURCE_DIR "/tests/golden/twin/" + name + ".safetensors";
}

}  // namespace

TEST_CASE("weights from PyTorch load, and forecast what the twin does") {
  const nlohmann::json golden = read_golden("twin.json");
  const std::vector<double> windows = golden_values(golden.at("windows"));
  std::set<std::string> types;
  for (const auto& [name, stored] : golden.at("forecasts").items()) {
    INFO(name);
    const TrainedModel trained = load_exported_model(file_of(name));
    types.insert(trained.type);
    const std::vector<double> expected = golden_values(stored);
    const std::vector<double> found = forecasts(trained, windows);
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      // The second target's deviation is 8.
      const double scale = i % 2 == 0 ? 1 : 8;
      CHECK(std::abs(found[i] - expected[i]) < 1e-5 * std::max(scale, std::abs(expected[i])));
    }
  }
  for (const ModelEntry& entry : model_registry()) {
    INFO("has no case in make_twin_golden.py: ", entry.info.name);
    CHECK(types.contains(entry.info.name));
  }
}
