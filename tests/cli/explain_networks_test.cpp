// espalier explain: against networks in plain loops, from the weights that a run has left.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "models/registry.h"
#include "tests/cli/explained_run.h"
#include "tests/support/array.h"

using namespace espalier;
using namespace espalier::test;
using nlohmann::json;

namespace {

/// W·x + b
Vector affine(const Vector& w, const Vector& b, const Vector& x) {
  Vector y = b;
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) y[i] += w[i * x.size() + j] * x[j];
  }
  return y;
}

Vector plus(Vector a, const Vector& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

double sigma(double x) {
  return 1 / (1 + std::exp(-x));
}

/// The share of each state that stays what it was (zoneout in evaluation).
struct Staying {
  double hidden = 0;
  double cell = 0;
};

/// One LSTM layer over x [time][features]; adds what each step computes to `gates`.
std::vector<Vector> lstm_layer(const ExplainedRun& place, const std::string& suffix,
                               const std::vector<Vector>& x, Staying staying,
                               std::vector<std::map<std::string, Vector>>& gates) {
  const Vector w_ih = weights(place, "lstm.weight_ih" + suffix);
  const Vector w_hh = weights(place, "lstm.weight_hh" + suffix);
  const Vector b_ih = weights(place, "lstm.bias_ih" + suffix);
  const Vector b_hh = weights(place, "lstm.bias_hh" + suffix);
  const std::size_t hidden = b_ih.size() / 4;
  Vector h(hidden), c(hidden);
  std::vector<Vector> states;
  for (const Vector& input : x) {
    const Vector sums = plus(affine(w_ih, b_ih, input), affine(w_hh, b_hh, h));
    std::map<std::string, Vector> step;
    for (std::size_t k = 0; k < hidden; ++k) {
      const double i = sigma(sums[k]), f = sigma(sums[hidden + k]);
      const double g = std::tanh(sums[2 * hidden + k]), o = sigma(sums[3 * hidden + k]);
      const double new_c = f * c[k] + i * g, new_h = o * std::tanh(new_c);
      c[k] = staying.cell * c[k] + (1 - staying.cell) * new_c;
      h[k] = staying.hidden * h[k] + (1 - staying.hidden) * new_h;
      const std::pair<const char*, double> values[]{{"i", i}, {"f", f},     {"g", g},
                                                    {"o", o}, {"c", new_c}, {"h", new_h}};
      for (const auto& [gate, value] : values) step[gate].push_back(value);
    }
    if (staying.cell > 0) step["next c"] = c;
    if (staying.hidden > 0) step["next h"] = h;
    gates.push_back(std::move(step));
    states.push_back(h);
  }
  return states;
}

/// Checks the gates of both layers, forecasts and loss of a run's `lstm`.
void check_lstm(const ExplainedRun& place, const json& told, Staying staying) {
  auto x = told["inputs"]["scaled"].get<std::vector<Vector>>();
  REQUIRE(told["recurrent_layers"].size() == 2);
  for (std::size_t layer = 0; layer < 2; ++layer) {
    std::vector<std::map<std::string, Vector>> expected;
    x = lstm_layer(place, "_l" + std::to_string(layer), x, staying, expected);
    const json& steps = told["recurrent_layers"][layer];
    REQUIRE(steps.size() == 5);
    for (std::size_t t = 0; t < 5; ++t) {
      REQUIRE(steps[t]["gates"].size() == expected[t].size());
      for (const auto& [gate, values] : expected[t]) {
        INFO("layer ", layer, ", step ", t, ", gate ", gate);
        CHECK(difference(steps[t]["gates"][gate].get<Vector>(), values, 1e-13) == "");
      }
    }
  }
  const Vector forecast = affine(weights(place, "fc.weight"), weights(place, "fc.bias"), x.back());
  double loss = 0;
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(told["forecasts"][k]["scaled_y_hat"].get<double>() ==
          doctest::Approx(forecast[k]).epsilon(1e-12));
    loss += std::pow(forecast[k] - told["forecasts"][k]["scaled_y"].get<double>(), 2) / 2;
  }
  CHECK(told["loss"]["value"].get<double>() == doctest::Approx(loss).epsilon(1e-12));
  CHECK(told["disagreements"] == 0);
  CHECK(told["compared"] == told["derivatives"]);
  check_forecasts(place, told, 1e-5);
}

const char* const two_layers = R"({"type": "lstm", "hidden": 4, "layers": 2})";

}  // namespace

TEST_CASE("the gates of an LSTM are those of a plain loop over the run's weights") {
  const ExplainedRun place;
  place.train(two_layers);
  check_lstm(place, place.explained(), {});
}

TEST_CASE("a regularizer that acts in evaluation acts here, as it did on forecasts.csv") {
  const ExplainedRun place;
  for (const Staying staying : {Staying{0.25, 0.5}, Staying{0, 0.5}, Staying{0.25, 0}}) {
    const std::string zoneout =
        fmt::format(R"({{"type": "zoneout", "hidden_rate": {}, "cell_rate": {}}})", staying.hidden,
                    staying.cell);
    INFO(zoneout);
    // Others before and behind it do nothing in evaluation.
    place.train(two_layers, {"-o", fmt::format(R"(regularizers=[{{"type": "synaptic_pruning",
                    "warmup_epochs": 1}}, {}, {{"type": "dropout"}}])",
                                               zoneout)});
    const json told = place.explained();
    CHECK_FALSE(told["random"].get<bool>());
    check_lstm(place, told, staying);
  }
}

namespace {

/// A transformer of the published form (post-norm) over tokens [count][embed], in plain loops.
class PlainTransformer {
 public:
  static constexpr std::size_t embed = 4, heads = 2, size = embed / heads;

  explicit PlainTransformer(const ExplainedRun& place) : place_(place) {}

  /// Patches of two rows; what is missing at the end repeats the last row.
  std::vector<Vector> tokens(const std::vector<Vector>& x) const {
    std::vector<Vector> tokens;
    const Vector positions = parameter("positions");
    for (std::size_t k = 0; k < 3; ++k) {
      Vector patch = x[2 * k];
      const Vector& second = x[std::min(2 * k + 1, x.size() - 1)];
      patch.insert(patch.end(), second.begin(), second.end());
      tokens.push_back(
          affine(parameter("patch_embedding.weight"), parameter("patch_embedding.bias"), patch));
      for (std::size_t e = 0; e < embed; ++e) tokens.back()[e] += positions[k * embed + e];
    }
    return tokens;
  }

  /// One layer; the weights of attention go to `attention` [head][query][key].
  std::vector<Vector> layer(std::size_t k, std::vector<Vector> x,
                            std::vector<std::vector<Vector>>& attention) const {
    const std::string name = "encoder.layers." + std::to_string(k);
    std::vector<Vector> qkv;
    for (const Vector& token : x) {
      qkv.push_back(affine(parameter(name + ".self_attn.in_proj_weight"),
                           parameter(name + ".self_attn.in_proj_bias"), token));
    }
    std::vector<Vector> mixed(x.size(), Vector(embed));
    for (std::size_t head = 0; head < heads; ++head) {
      attention.emplace_back();
      for (std::size_t query = 0; query < x.size(); ++query) {
        attention.back().push_back(weights_of(qkv, head, query));
        for (std::size_t key = 0; key < x.size(); ++key) {
          for (std::size_t e = head * size; e < (head + 1) * size; ++e) {
            mixed[query][e] += attention.back().back()[key] * qkv[key][2 * embed + e];
          }
        }
      }
    }
    for (std::size_t n = 0; n < x.size(); ++n) {
      x[n] = normed(name + ".norm1",
                    plus(x[n], affine(parameter(name + ".self_attn.out_proj.weight"),
                                      parameter(name + ".self_attn.out_proj.bias"), mixed[n])));
      Vector inner =
          affine(parameter(name + ".linear1.weight"), parameter(name + ".linear1.bias"), x[n]);
      for (double& value : inner) value = std::max(value, 0.0);
      x[n] = normed(name + ".norm2", plus(x[n], affine(parameter(name + ".linear2.weight"),
                                                       parameter(name + ".linear2.bias"), inner)));
    }
    return x;
  }

 private:
  Vector parameter(const std::string& name) const { return weights(place_, name); }

  static Vector weights_of(const std::vector<Vector>& qkv, std::size_t head, std::size_t query) {
    Vector scores;
    double sum = 0;
    for (const Vector& other : qkv) {
      double score = 0;
      for (std::size_t e = head * size; e < (head + 1) * size; ++e) {
        score += qkv[query][e] * other[embed + e];
      }
      scores.push_back(std::exp(score / std::sqrt(static_cast<double>(size))));
      sum += scores.back();
    }
    for (double& score : scores) score /= sum;
    return scores;
  }

  Vector normed(const std::string& name, const Vector& x) const {
    const Vector gain = parameter(name + ".weight"), bias = parameter(name + ".bias");
    double mean = 0, variance = 0;
    for (const double value : x) mean += value / embed;
    for (const double value : x) variance += (value - mean) * (value - mean) / embed;
    Vector y = bias;
    for (std::size_t e = 0; e < embed; ++e) {
      y[e] += gain[e] * (x[e] - mean) / std::sqrt(variance + 1e-5);
    }
    return y;
  }

  const ExplainedRun& place_;
};

}  // namespace

TEST_CASE("attention weights are softmax(QKᵀ/√d) of the run's weights, in every layer") {
  const ExplainedRun place;
  place.train(small_transformer);
  const json told = place.explained();
  CHECK(told["tokens"] == json{"1-2", "3-4", "5+"});
  const PlainTransformer plain(place);
  auto x = plain.tokens(told["inputs"]["scaled"].get<std::vector<Vector>>());
  REQUIRE(told["attention"].size() == 2);
  for (std::size_t layer = 0; layer < 2; ++layer) {
    std::vector<std::vector<Vector>> attention;
    x = plain.layer(layer, x, attention);
    for (std::size_t head = 0; head < 2; ++head) {
      for (std::size_t query = 0; query < 3; ++query) {
        Vector found;
        for (const json& key : told["attention"][layer]["weights"][head][query]) {
          found.push_back(key.at(0));
        }
        INFO("layer ", layer, ", head ", head, ", query ", query);
        CHECK(difference(found, attention[head][query], 1e-12) == "");
      }
    }
  }
  CHECK(told["disagreements"] == 0);
  check_forecasts(place, told, 1e-5);
  const Outcome text = place.explain();
  const double shown = told["attention"][1]["weights"][1][2][0][0];
  CHECK(text.out.find("Layer 1, head 1\n") != std::string::npos);
  CHECK(text.out.find(fmt::format("5+     {:.3f}", shown)) != std::string::npos);
}

TEST_CASE("for every model every derivative agrees, and forecasts are those of the run") {
  for (const ModelEntry& entry : model_registry()) {
    INFO(entry.info.name);
    const ExplainedRun place;
    json model{{"type", entry.info.name}};
    const std::pair<const char*, int> sizes[]{{"hidden", 3}, {"layers", 2},       {"embed", 4},
                                              {"heads", 2},  {"feed_forward", 5}, {"kernel", 3}};
    for (const SettingSpec& spec : entry.info.settings) {
      for (const auto& [name, size] : sizes) {
        if (spec.name == name) model[name] = size;
      }
    }
    place.train(model.dump(), {"-o", "data.target=[\"load\", \"wind\"]", "-o", "data.season=7"});
    const json told = place.explained();
    CHECK(told["disagreements"] == 0);
    CHECK(told["compared"] == told["derivatives"]);
    CHECK(told["derivatives"].get<int>() > 10);
    CHECK(told["forecasts"].size() == 4);
    check_forecasts(place, told, 1e-5);
    CHECK(place.explain().out.ends_with("all agree.\n"));
  }
}
