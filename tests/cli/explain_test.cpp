// espalier explain: against networks in plain loops, from the weights that a run has left.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/safetensors.h"
#include "models/registry.h"
#include "tests/cli/bad_input.h"
#include "tests/support/array.h"

using namespace espalier;
using namespace espalier::test;
using nlohmann::json;

namespace {

using Vector = std::vector<double>;

struct Workplace {
  TemporaryFolder folder;

  Workplace() {
    write_text(folder / "config.json", small_config);
    write_text(folder / "data.csv", small_csv());
  }
  std::string operator/(const std::string& name) const { return folder / name; }

  Outcome espalier(const std::vector<std::string>& arguments) const {
    return run(arguments, {.folder = folder.path()});
  }
  void train(const std::string& model, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"train",   "config.json",     "--out", "run",
                                       "--quiet", "--force",         "-o",    "model=" + model,
                                       "-o",      "regularizers=[]", "-o",    "data.horizon=2"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = espalier(arguments);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
  }
  Outcome explain(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"explain", "run"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return espalier(arguments);
  }
  /// With every derivative compared.
  json explained(std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--json", "--all"});
    const Outcome outcome = explain(more);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return json::parse(outcome.out);
  }
};

/// A parameter of the run, as doubles.
Vector weights(const Workplace& place, const std::string& name) {
  const Safetensors stored = Safetensors::read(place / "run/model/model.safetensors");
  const Safetensors::Entry& entry = stored.entries.at(name);
  REQUIRE(entry.dtype == "F32");
  std::vector<float> floats(entry.bytes.size() / sizeof(float));
  std::memcpy(floats.data(), entry.bytes.data(), entry.bytes.size());
  return {floats.begin(), floats.end()};
}

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

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// With single blanks between words, so that alignment doesn't matter.
std::string squeezed(const std::string& line) {
  std::istringstream words(line);
  std::string text;
  for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// Checks forecasts against what the run itself has written for the same window.
void check_forecasts(const Workplace& place, const json& told, double tolerance) {
  const std::string csv = read_text(place / "run/forecasts.csv");
  for (const json& forecast : told["forecasts"]) {
    const std::string start = fmt::format(
        "{},{},{},{},", forecast["ds"].get<std::string>(), forecast["cutoff"].get<std::string>(),
        forecast["step"].get<int>(), forecast["target"].get<std::string>());
    const std::size_t at = csv.find("\n" + start);
    REQUIRE_MESSAGE(at != std::string::npos, start, " is not in forecasts.csv");
    std::istringstream rest(csv.substr(at + 1 + start.size()));
    double y = 0, y_hat = 0;
    char comma = 0;
    rest >> y >> comma >> y_hat;
    CHECK(forecast["y"].get<double>() == y);
    CHECK(forecast["y_hat"].get<double>() == doctest::Approx(y_hat).epsilon(tolerance));
  }
}

/// One LSTM layer over x [time][features]; adds what each step computes to `gates`.
std::vector<Vector> lstm_layer(const Workplace& place, const std::string& suffix,
                               const std::vector<Vector>& x,
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
      c[k] = f * c[k] + i * g;
      h[k] = o * std::tanh(c[k]);
      step["i"].push_back(i);
      step["f"].push_back(f);
      step["g"].push_back(g);
      step["o"].push_back(o);
    }
    step["c"] = c;
    step["h"] = h;
    gates.push_back(std::move(step));
    states.push_back(h);
  }
  return states;
}

}  // namespace

TEST_CASE("the gates of an LSTM are those of a plain loop over the run's weights") {
  const Workplace place;
  place.train(R"({"type": "lstm", "hidden": 4, "layers": 2})");
  const json told = place.explained();
  auto x = told["inputs"]["scaled"].get<std::vector<Vector>>();
  REQUIRE(told["recurrent_layers"].size() == 2);
  for (std::size_t layer = 0; layer < 2; ++layer) {
    std::vector<std::map<std::string, Vector>> expected;
    x = lstm_layer(place, "_l" + std::to_string(layer), x, expected);
    const json& steps = told["recurrent_layers"][layer];
    REQUIRE(steps.size() == 5);
    for (std::size_t t = 0; t < 5; ++t) {
      REQUIRE(steps[t]["gates"].size() == 6);
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

TEST_CASE("the text shows the same gates, in lines of at most 80 characters") {
  const Workplace place;
  place.train(R"({"type": "lstm", "hidden": 4})");
  const json told = place.explained();
  const Outcome outcome = place.explain({"--unit", "2"});
  CHECK(outcome.exit_code == 0);
  std::vector<std::string> lines;
  for (const std::string& line : lines_of(outcome.out)) {
    INFO(line);
    CHECK(std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }) <= 80);
    lines.push_back(squeezed(line));
  }
  for (const json& step : told["recurrent_layers"][0]) {
    std::string expected =
        fmt::format("{} {}", step["row"].get<int>(), step["time"].get<std::string>());
    for (const char* gate : {"i", "f", "g", "o", "c", "h"}) {
      expected += fmt::format(" {:.5f}", step["gates"][gate][2].get<double>());
    }
    INFO(expected);
    CHECK(std::ranges::count(lines, expected) == 1);
  }
  CHECK(lines.back().ends_with("all agree."));
}

namespace {

/// A transformer of the published form (post-norm) over tokens [count][embed], in plain loops.
class PlainTransformer {
 public:
  static constexpr std::size_t embed = 4, heads = 2, size = embed / heads;

  explicit PlainTransformer(const Workplace& place) : place_(place) {}

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

  const Workplace& place_;
};

const char* const small_transformer = R"({"type": "patch_transformer", "embed": 4, "heads": 2,
    "layers": 2, "feed_forward": 6, "patch": 2})";

}  // namespace

TEST_CASE("attention weights are softmax(QKᵀ/√d) of the run's weights, in every layer") {
  const Workplace place;
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
    const Workplace place;
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

TEST_CASE("derivatives agree with kinks, and where data are not scaled") {
  const Workplace place;
  place.train(R"({"type": "rnn", "hidden": 4, "nonlinearity": "relu"})",
              {"-o", "train.loss=mae", "-o", "data.scale=none"});
  const json told = place.explained();
  CHECK(told["loss"]["name"] == "mae");
  CHECK(told["disagreements"] == 0);
}

TEST_CASE("a wrong derivative is found, at all nodes that it reaches and no others") {
  const Workplace place;
  place.train(R"({"type": "gru", "hidden": 3})");
  const Outcome outcome = place.explain({"--all", "--json", "--break", "tanh"});
  CHECK(outcome.exit_code == 1);
  const json told = json::parse(outcome.out);
  CHECK(told["disagreements"].get<int>() > 0);
  std::size_t sound = 0;
  for (const json& node : told["nodes"]) {
    if (!node.contains("gradient")) continue;
    // What tanh read is wrong; nothing after the last step's state is.
    if (node["op"] == "tanh") {
      CHECK_FALSE(told["nodes"][node["inputs"][0].get<std::size_t>()]["agrees"].get<bool>());
    }
    if (node["op"] == "mse_loss" || node["op"] == "stack") CHECK(node["agrees"].get<bool>());
    if (node["agrees"].get<bool>()) ++sound;
  }
  CHECK(sound > 2);
  const Outcome text = place.explain({"--break", "tanh"});
  CHECK(text.exit_code == 1);
  CHECK(text.out.ends_with("DISAGREE.\n"));
  CHECK(text.out.find("WRONG\n") != std::string::npos);
  CHECK(fault_of(place.explain({"--break", "exp"}), usage_wrong, {"--break", "exp", "tanh"}) == "");
}

TEST_CASE("the row can be chosen by number or time, wherever a window fits") {
  const Workplace place;
  place.train(R"({"type": "linear"})");
  // 200 rows, 5 of input, 2 to forecast.
  const json last = place.explained();
  CHECK(last["row"] == 199);
  CHECK(last["part"] == "scored");
  CHECK(last["forecasts"][0]["ds"] == small_date(198));
  CHECK(last["forecasts"][1]["ds"] == small_date(199));
  CHECK(last["inputs"]["times"].back() == small_date(197));
  CHECK(place.explained({"--time", small_date(198)}) == last);
  const json first = place.explained({"--row", "6"});
  CHECK(first["part"] == "training");
  CHECK(first["inputs"]["times"].front() == small_date(0));
  const std::string csv = read_text(place / "data.csv");
  CHECK(csv.find(fmt::format("{},{:.3f},{:.3f}\n", small_date(0),
                             first["inputs"]["values"][0][0].get<double>(),
                             first["inputs"]["values"][0][1].get<double>())) != std::string::npos);
}

TEST_CASE("the page stands alone and holds the gates, or the weights of attention") {
  const Workplace place;
  place.train(R"({"type": "lstm", "hidden": 4})");
  const Outcome outcome = place.explain({"--html", "page.html"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.find("page.html") != std::string::npos);
  const std::string page = read_text(place / "page.html");
  for (const char* part : {"<!DOCTYPE html>", "id=\"heat-data\"", "Layer 0, unit ", "mse_loss"}) {
    INFO(part);
    CHECK(page.find(part) != std::string::npos);
  }
  for (const char* outside : {"<link", " src=", "@import"}) {
    INFO(outside);
    CHECK(page.find(outside) == std::string::npos);
  }
  const std::string start = "id=\"heat-data\">";
  const std::size_t begin = page.find(start) + start.size();
  const json maps = json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  REQUIRE(maps.size() == 6);
  CHECK(maps[5]["label"] == "layer 0, h");
  const json told = place.explained();
  for (std::size_t t = 0; t < 5; ++t) {
    const double h = told["recurrent_layers"][0][t]["gates"]["h"][3];
    CHECK(maps[5]["values"][3][t].get<double>() == doctest::Approx(h).epsilon(1e-4));
  }
  place.train(small_transformer);
  place.explain({"--html", "page.html"});
  CHECK(read_text(place / "page.html").find("\"layer 1, head 1\"") != std::string::npos);
}

TEST_CASE("what can't be explained is told in one line") {
  const Workplace place;
  CHECK(fault_of(place.explain(), usage_wrong, {"run", "no run directory"}) == "");
  place.train(R"({"type": "lstm", "hidden": 4})");
  for (const char* row : {"5", "200", "0", "-3"}) {
    INFO(row);
    CHECK(fault_of(place.explain({"--row", row}), usage_wrong, {"--row", row, "6 to 199"}) == "");
  }
  CHECK(fault_of(place.explain({"--row", "x"}), usage_wrong, {"--row"}) == "");
  CHECK(fault_of(place.explain({"--time", "1999-01-01"}), usage_wrong,
                 {"--time", "1999-01-01", "data.csv", small_date(0)}) == "");
  CHECK(fault_of(place.explain({"--time", small_date(2)}), usage_wrong,
                 {"--time", "3", "6 to 199"}) == "");
  CHECK(fault_of(place.explain({"--time", small_date(9), "--row", "10"}), usage_wrong,
                 {"--time", "--row"}) == "");
  CHECK(fault_of(place.explain({"--unit", "4"}), usage_wrong, {"--unit", "4", "0 to 3"}) == "");
  CHECK(fault_of(place.explain({"--unit", "-1"}), usage_wrong, {"--unit"}) == "");
  CHECK(fault_of(place.explain({"--html", "nowhere/page.html"}), run_failed,
                 {"nowhere/page.html"}) == "");
  const std::string weights = read_text(place / "run/model/model.safetensors");
  write_text(place / "run/model/model.safetensors", weights.substr(0, 100));
  CHECK(fault_of(place.explain(), run_failed, {"model.safetensors"}) == "");
  write_text(place / "run/model/model.safetensors", weights);
  write_text(place / "data.csv", small_csv(201));
  CHECK(fault_of(place.explain(), usage_wrong, {"data.csv", "has changed"}) == "");
  std::filesystem::remove(place / "data.csv");
  CHECK(fault_of(place.explain(), usage_wrong, {"data.csv", "no such file"}) == "");
  std::filesystem::remove(place / "run/metrics.json");
  CHECK(fault_of(place.explain(), usage_wrong, {"run", "isn't finished"}) == "");

  const Workplace other;
  other.train(R"({"type": "linear"})");
  CHECK(fault_of(other.explain({"--unit", "0"}), usage_wrong, {"--unit", "linear"}) == "");
}
