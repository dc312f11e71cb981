// Quantile forecasts of every model: in order, whatever the weights.

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/ops.h"
#include "models/registry.h"
#include "tests/support/array.h"
#include "tests/support/errors.h"
#include "tests/support/random_forecasts.h"
#include "tests/support/small_model.h"

namespace espalier::test {

namespace {

const std::vector<double> levels{0.05, 0.1, 0.5, 0.7, 0.95};
constexpr std::int64_t horizon = 3;
constexpr std::int64_t targets = 2;
constexpr std::int64_t batch = 8;

ForecastShape shape_of(std::int64_t rows, const std::vector<double>& quantiles) {
  return {.window = 7,
          .features = 3,
          .horizon = rows,
          .targets = targets,
          .own_past = {2, 0},
          .quantiles = quantiles};
}

struct Case {
  ModelEntry entry;
  std::string form;
  Settings settings;
};

/// Every model that can be trained, and the forms in which its head's rows are worked on.
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const ModelEntry& entry : model_registry()) {
    if (!entry.info.trainable) continue;
    all.push_back({entry, "", small_settings(entry.info)});
    for (const char* flag : {"channel_independent", "revin", "revin_affine"}) {
      if (!all.back().settings.values().contains(flag)) continue;
      all.push_back(all.back());
      all.back().form = flag;
      all.back().settings.set(flag, true);
    }
  }
  return all;
}

/// Weights of any size and sign, gains below 0 among them.
void randomise(const Parameters& parameters, std::uint64_t seed) {
  for (const Parameter& parameter : parameters.all()) {
    fill_uniform(RandomKey(seed).derive(parameter.name()), -2, 2, parameter.value().span());
  }
}

/// Pairs of neighbouring levels of which the lower has the larger forecast.
int crossings(const std::vector<real>& forecasts, std::size_t level_count) {
  const std::size_t size = forecasts.size() / level_count;
  int count = 0;
  for (std::size_t i = size; i < forecasts.size(); ++i) count += forecasts[i - size] > forecasts[i];
  return count;
}

/// The forecasts of all levels for each step, target and window by the standard library.
std::vector<real> sorted(const std::vector<real>& forecasts, std::size_t level_count) {
  const std::size_t size = forecasts.size() / level_count;
  std::vector<real> result(forecasts.size());
  for (std::size_t i = 0; i < size; ++i) {
    std::vector<real> values;
    for (std::size_t k = 0; k < level_count; ++k) values.push_back(forecasts[k * size + i]);
    std::ranges::sort(values);
    for (std::size_t k = 0; k < level_count; ++k) result[k * size + i] = values[k];
  }
  return result;
}

}  // namespace

TEST_CASE("quantiles never cross: they are the sorted rows of the model of a longer horizon") {
  for (const Case& one : cases()) {
    CAPTURE(one.entry.info.name);
    CAPTURE(one.form);
    const ForecastShape shape = shape_of(horizon, levels);
    const ForecastShape longer = shape_of(horizon * std::ssize(levels), {});
    CHECK(shape.outputs() == longer.outputs());
    const auto model = one.entry.make(one.settings, shape);
    const auto plain = one.entry.make(one.settings, longer);
    int crossed = 0;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      randomise(model->parameters(), seed);
      randomise(plain->parameters(), seed);
      const std::vector<real> found = random_forecasts(*model, shape, batch, seed);
      const std::vector<real> rows = random_forecasts(*plain, longer, batch, seed);
      REQUIRE(found.size() == levels.size() * horizon * targets * batch);
      CHECK(crossings(found, levels.size()) == 0);
      CHECK(difference(found, sorted(rows, levels.size()), 0) == "");
      crossed += crossings(rows, levels.size());
    }
    // Left as they are, they would.
    CHECK(crossed > 100);
  }
}

TEST_CASE("in a training pass each row stays with its level") {
  for (const Case& one : cases()) {
    CAPTURE(one.entry.info.name);
    CAPTURE(one.form);
    const ForecastShape shape = shape_of(horizon, levels);
    const ForecastShape longer = shape_of(horizon * std::ssize(levels), {});
    const auto model = one.entry.make(one.settings, shape);
    const auto plain = one.entry.make(one.settings, longer);
    randomise(model->parameters(), 1);
    randomise(plain->parameters(), 1);
    Array x = random_array({shape.window, shape.features, batch}, 1, -2, 2);
    const Regularizers none;
    Tape tape;
    Forward pass(tape, none, Forward::Purpose::training, 0);
    const Var found = model->forward(pass, tape.constant(x.tensor()));
    CHECK(difference(found.value().span(), random_forecasts(*plain, longer, batch, 1), 0) == "");
  }
}

TEST_CASE("a compacted model forecasts the same quantiles") {
  const ForecastShape shape = shape_of(horizon, levels);
  for (const Case& one : cases()) {
    if (one.entry.info.name != "lstm") continue;
    const auto model = one.entry.make(one.settings, shape);
    model->initialise(RandomKey(3));
    // Without a path from the first unit of the upper layer to the forecasts.
    std::ranges::fill(model->parameters().find("lstm.weight_hh_l1")->value().span(), real{0});
    const Tensor head = model->parameters().find("fc.weight")->value();
    for (std::int64_t row = 0; row < head.shape[0]; ++row) head[row * head.shape[1]] = 0;
    const auto compacted = model->compacted();
    REQUIRE(compacted != nullptr);
    CHECK(compacted->shape().quantiles == levels);
    CHECK(difference(random_forecasts(*compacted, shape, batch, 1),
                     random_forecasts(*model, shape, batch, 1), 1e-5) == "");
  }
}

TEST_CASE("sorting makes no pinball loss over all levels larger") {
  int smaller = 0;
  Tape tape;
  for (std::uint64_t seed = 0; seed < 200; ++seed, tape.reset()) {
    Array rows = random_array({std::ssize(levels), 4}, seed);
    Array truth = random_array({1, 4}, 1000 + seed);
    const Var x = tape.constant(rows.tensor());
    const Var y = tape.constant(truth.tensor());
    const auto before = static_cast<double>(pinball_loss(x, y, levels).value()[0]);
    const auto after = static_cast<double>(pinball_loss(sort_rows(x), y, levels).value()[0]);
    CHECK(after <= before + 1e-6);
    smaller += after < before - 1e-6;
  }
  CHECK(smaller > 150);
}

TEST_CASE("levels that can't be, and a model that can't learn them") {
  CHECK(problem_of_quantiles(levels) == "");
  CHECK(problem_of_quantiles(std::vector{0.5}) == "");
  CHECK(problem_of_quantiles(std::vector{0.4999, 0.5}) == "");
  CHECK(problem_of_quantiles(std::vector{0.1, 0.9}).starts_with("0.5 is missing"));
  const std::vector<std::vector<double>> never{{},         {0, 0.5},   {0.5, 1},       {-0.1, 0.5},
                                               {0.5, 0.5}, {0.5, 0.1}, {0.49999, 0.5}, {0.5, NAN}};
  for (const std::vector<double>& wrong : never) {
    CHECK(problem_of_quantiles(wrong).starts_with("expected 1 to 99 levels"));
  }
  for (const char* type : {"persistence", "seasonal_naive"}) {
    for (const ModelEntry& entry : model_registry()) {
      if (entry.info.name != type) continue;
      const Settings settings = small_settings(entry.info);
      CHECK(make_model(type, settings, shape_of(horizon, {})) != nullptr);
      CHECK(wrong_error([&] { make_model(type, settings, shape_of(horizon, levels)); },
                        {type, "nothing to train", "quantiles"}) == "");
    }
  }
}

TEST_CASE("a registered model is said to be trainable if it has parameters") {
  for (const ModelEntry& entry : model_registry()) {
    CAPTURE(entry.info.name);
    const auto model = entry.make(small_settings(entry.info), shape_of(horizon, {}));
    CHECK(entry.info.trainable == (model->parameters().count() > 0));
  }
}

}  // namespace espalier::test
