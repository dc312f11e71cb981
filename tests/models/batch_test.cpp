// What a model forecasts for a window is the same to the bit whatever other windows go with it.

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/forward.h"
#include "core/ops.h"
#include "models/registry.h"
#include "tests/support/array.h"
#include "tests/support/small_model.h"

namespace espalier::test {

namespace {

const ForecastShape shape{
    .window = 16, .features = 4, .horizon = 3, .targets = 2, .own_past = {1, 3}};
constexpr std::int64_t windows = 256;

/// The model at its defaults but for sizes at which a BLAS would be faster in training: rows times
/// columns of a weight above 32 768.
Settings large_settings(const ComponentInfo& info) {
  Settings settings = Settings::defaults(info.settings, Protocol::honest);
  for (const auto& [name, size] : {std::pair<const char*, std::int64_t>{"hidden", 100},
                                   {"embed", 112},
                                   {"feed_forward", 300}}) {
    if (settings.values().contains(name)) settings.set(name, size);
  }
  return settings;
}

/// Half of all weights, so that products skip them.
void prune_half(Parameters& parameters) {
  std::vector<real> draws(parameters.values().size());
  fill_uniform(RandomKey(4), -1, 1, draws);
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() != ParameterKind::weight) continue;
    for (std::size_t i = parameter.offset(); i < parameter.offset() + parameter.size(); ++i) {
      if (draws[i] < 0) parameters.prune(i, /*forget_state=*/true);
    }
  }
  parameters.skip_pruned_from(0.2);
}

/// Forecasts of all windows [output][window], `batch` of them at a time.
std::vector<real> forecasts(const Model& model, std::int64_t batch, Tape::Mode mode) {
  static const Array all = random_array({shape.window, shape.features, windows}, 5, -2, 2);
  const std::int64_t rows = shape.window * shape.features;
  std::vector<real> found(static_cast<std::size_t>(shape.outputs() * windows));
  const Regularizers none;
  Tape tape(mode);
  for (std::int64_t begin = 0; begin < windows; begin += batch) {
    const std::int64_t count = std::min(batch, windows - begin);
    tape.reset();
    const Tensor x = tape.arena().allocate(Shape{shape.window, shape.features, count});
    for (std::int64_t row = 0; row < rows; ++row) {
      std::copy_n(all.elements.data() + row * windows + begin, count, x.data + row * count);
    }
    Forward pass(tape, none, Forward::Purpose::evaluation, 0);
    const Tensor y = model.forward(pass, tape.constant(x)).value();
    for (std::int64_t output = 0; output < shape.outputs(); ++output) {
      std::copy_n(y.data + output * count, count, found.data() + output * windows + begin);
    }
  }
  return found;
}

/// Which of them differ in a bit.
std::size_t differences(const std::vector<real>& a, const std::vector<real>& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    count += std::memcmp(&a[i], &b[i], sizeof(real)) != 0;
  }
  return count;
}

void check_any_batch(const Model& model, const std::vector<std::int64_t>& batches) {
  const std::vector<real> together = forecasts(model, windows, Tape::Mode::inference);
  for (const std::int64_t batch : batches) {
    CAPTURE(batch);
    CHECK(differences(forecasts(model, batch, Tape::Mode::inference), together) == 0);
  }
}

}  // namespace

TEST_CASE("the batch changes no bit of any model's forecasts") {
  std::size_t models = 0;
  for (const ModelEntry& entry : model_registry()) {
    CAPTURE(entry.info.name);
    // 85 leaves one window for the last batch, 7 four, and 128 none.
    const auto model = entry.make(small_settings(entry.info), shape);
    model->initialise(RandomKey(1));
    check_any_batch(*model, {1, 2, 3, 7, 85, 128});
    prune_half(model->parameters());
    check_any_batch(*model, {1, 2, 3, 7, 85, 128});
    const auto large = entry.make(large_settings(entry.info), shape);
    large->initialise(RandomKey(1));
    check_any_batch(*large, {7, 85});
    ++models;
  }
  CHECK(models >= 10);
}

TEST_CASE("on a tape for training, where a BLAS multiplies, the comparison sees it round") {
  for (const ModelEntry& entry : model_registry()) {
    if (entry.info.name != "lstm") continue;
    const auto model = entry.make(large_settings(entry.info), shape);
    model->initialise(RandomKey(1));
    const std::vector<real> together = forecasts(*model, windows, Tape::Mode::training);
    CHECK(differences(forecasts(*model, 1, Tape::Mode::training), together) > 0);
  }
}

}  // namespace espalier::test
