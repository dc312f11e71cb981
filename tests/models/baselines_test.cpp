// The baselines that are models, against values worked out by hand.

#include <vector>

#include <doctest/doctest.h>

#include "core/ops.h"
#include "models/registry.h"
#include "tests/support/array.h"
#include "tests/support/errors.h"

namespace espalier::test {

namespace {

/// Five rows of three features, one window; the targets are features 2 and 0.
const ForecastShape shape{
    .window = 5, .features = 3, .horizon = 3, .targets = 2, .own_past = {2, 0}};

Array window() {
  return array({5, 3, 1}, {1, 10, 100, 2, 20, 200, 4, 30, 400, 8, 40, 700, 16, 50, 1100});
}

struct Setting {
  const char* name;
  SettingValue value;
};

std::unique_ptr<Model> model_of(const char* type, const std::vector<Setting>& settings = {},
                                const ForecastShape& of = shape) {
  for (const ModelEntry& entry : model_registry()) {
    if (entry.info.name != type) continue;
    Settings all = Settings::defaults(entry.info.settings, Protocol::honest);
    for (const Setting& setting : settings) all.set(setting.name, setting.value);
    return entry.make(all, of);
  }
  return nullptr;
}

void set(Model& model, const char* name, const std::vector<real>& values) {
  const Parameter* parameter = model.parameters().find(name);
  REQUIRE(parameter != nullptr);
  REQUIRE(parameter->size() == values.size());
  std::ranges::copy(values, parameter->value().data);
}

std::string wrong_forecast(const Model& model, const std::vector<double>& expected) {
  Array x = window();
  const Regularizers none;
  Tape tape(Tape::Mode::inference);
  Forward pass(tape, none, Forward::Purpose::evaluation, 0);
  const Var y = model.forward(pass, tape.constant(x.tensor()));
  CHECK(y.shape() == Shape{shape.outputs(), 1});
  return difference(y.value().span(), expected, 1e-5);
}

/// Weights [3 steps, 5 rows]: step k takes (k + 1) times the last row and the row before it.
const std::vector<real> last_two{0, 0, 0, 1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 3};

}  // namespace

TEST_CASE("persistence repeats the last value of each target") {
  CHECK(wrong_forecast(*model_of("persistence"), {1100, 16, 1100, 16, 1100, 16}) == "");
}

TEST_CASE("seasonal_naive repeats the last season of each target, as often as it takes") {
  const auto with = [](std::int64_t season) {
    return model_of("seasonal_naive", {{"season", season}});
  };
  CHECK(wrong_forecast(*with(1), {1100, 16, 1100, 16, 1100, 16}) == "");
  CHECK(wrong_forecast(*with(2), {700, 8, 1100, 16, 700, 8}) == "");
  CHECK(wrong_forecast(*with(5), {100, 1, 200, 2, 400, 4}) == "");
}

TEST_CASE("linear, channel by channel, sees a target's own past") {
  const auto model = model_of("linear", {{"channel_independent", true}});
  set(*model, "linear.weight", last_two);
  set(*model, "linear.bias", {0, 5, 0});
  // 700 + k·1100 and 8 + k·16
  CHECK(wrong_forecast(*model, {1800, 24, 2905, 45, 4000, 56}) == "");
}

TEST_CASE("linear, of all features, sees the whole window") {
  const auto model = model_of("linear");
  std::vector<real> weights(6 * 15);
  weights[0 * 15 + 1] = 2;    // row 0, feature 1, to step 0 of the first target
  weights[3 * 15 + 14] = -1;  // row 4, feature 2, to step 1 of the second
  set(*model, "linear.weight", weights);
  set(*model, "linear.bias", {0, 0, 0, 0, 0, 9});
  CHECK(wrong_forecast(*model, {20, 0, 0, -1100, 0, 9}) == "");
}

TEST_CASE("nlinear forecasts the distance from the last value") {
  const auto model = model_of("nlinear");
  set(*model, "linear.weight", last_two);
  set(*model, "linear.bias", {0, 0, 1});
  // Less the last value, the last two rows are (−400, 0) and (−8, 0).
  CHECK(wrong_forecast(*model, {700, 8, 700, 8, 701, 9}) == "");
}

TEST_CASE("dlinear adds what it makes of the trend and of the rest") {
  const auto model = model_of("dlinear", {{"kernel", std::int64_t{3}}});
  const std::vector<real> last{0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
  set(*model, "linear_trend.weight", last);
  set(*model, "linear_trend.bias", {0, 0, 0});
  set(*model, "linear_seasonal.weight", {0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0});
  set(*model, "linear_seasonal.bias", {0, 0, 0});
  // The trend ends at (700 + 2·1100)/3 and (8 + 2·16)/3, and begins at (2·100 + 200)/3 and 4/3.
  const double trend = 2900.0 / 3;
  const double other = 40.0 / 3;
  CHECK(wrong_forecast(*model, {trend + 2 * (1100 - trend), other + 2 * (16 - other), trend, other,
                                trend + 100 - 400.0 / 3, other + 1 - 4.0 / 3}) == "");
}

TEST_CASE("models that forecast from a target's own past say when it isn't there") {
  ForecastShape lacking = shape;
  for (const std::vector<std::int64_t>& own_past : {std::vector<std::int64_t>{}, {2, -1}}) {
    lacking.own_past = own_past;
    for (const char* type : {"persistence", "seasonal_naive", "nlinear", "dlinear"}) {
      CAPTURE(type);
      CHECK(wrong_error([&] { model_of(type, {}, lacking); }, {type, "own past", "features"}) ==
            "");
    }
    CHECK(wrong_error(
              [&] {
                model_of("linear", {{"channel_independent", true}}, lacking);
              },
              {"[linear]", "own past"}) == "");
    CHECK(wrong_error(
              [&] {
                model_of("patchtst", {{"patch", std::int64_t{2}}}, lacking);
              },
              {"own past"}) == "");
    CHECK(model_of("linear", {}, lacking) != nullptr);
    CHECK(model_of("patch_transformer", {}, lacking) != nullptr);
  }
}

TEST_CASE("a season or a patch longer than the window is refused") {
  CHECK(wrong_error(
            [] {
              model_of("seasonal_naive", {{"season", std::int64_t{6}}});
            },
            {"[seasonal_naive]", "6", "5"}) == "");
  CHECK(wrong_error(
            [] {
              model_of("patchtst", {{"patch", std::int64_t{6}}});
            },
            {"[patchtst]", "6", "5"}) == "");
  CHECK(wrong_error(
            [] {
              model_of("patch_transformer",
                       {{"patch", std::int64_t{2}}, {"stride", std::int64_t{3}}});
            },
            {"[patch_transformer]", "stride is 3", "ignored"}) == "");
}

}  // namespace espalier::test
