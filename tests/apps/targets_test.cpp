#include <algorithm>
#include <functional>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "apps/baselines/baselines.h"
#include "apps/baselines/linear.h"
#include "apps/config/read_config.h"
#include "apps/config/resolved.h"
#include "apps/config/schema.h"
#include "apps/data/leak.h"
#include "apps/data/windows.h"
#include "apps/training/forecasting_task.h"
#include "apps/training/learner.h"
#include "tests/apps/data_files.h"
#include "tests/apps/small_catalogue.h"

// Several columns forecast at once, from the config to the baselines.

namespace espalier {

using testing::check_says;
using testing::error_of;
using testing::TemporaryFile;

namespace {

using Texts = std::vector<std::string>;
using Values = std::vector<double>;
using Indices = std::vector<std::size_t>;

Config parse_target(const testing::ScratchFolder& folder, const std::string& target) {
  folder.write("rows.csv", "a,b\n1,2\n");
  return parse_config(
      R"({"data": {"path": "rows.csv", "target": )" + target + R"(}, "model": {"type": "lstm"}})",
      folder / "run.json", {}, testing::small_catalogue());
}

/// Columns a, b and c of 60 rows, without pattern.
std::string abc_csv() {
  std::string text = "a,b,c\n";
  for (int r = 0; r < 60; ++r) {
    text += std::to_string(7 * r * r % 31) + "," + std::to_string(5 * r * r % 43) + "," +
            std::to_string((3 * r * r + r) % 37) + "\n";
  }
  return text;
}

Frame read(const std::string& text, const Texts& targets,
           const std::function<void(DataConfig&)>& change = {},
           Protocol protocol = Protocol::honest) {
  const TemporaryFile file(text);
  DataConfig config = testing::data_config(file.path(), "");
  config.targets = targets;
  if (change) change(config);
  return read_frame(config, protocol);
}

std::string read_error(const std::string& text, const Texts& targets) {
  return error_of([&] { read(text, targets); });
}

}  // namespace

TEST_CASE("targets: a text or a list in the config, written back as it was meant") {
  const testing::ScratchFolder folder;
  const Catalogue catalogue = testing::small_catalogue();
  struct Case {
    std::string given;
    Texts targets;
    std::string resolved;
  };
  for (const Case& c : {Case{R"("a")", {"a"}, R"("a")"}, Case{R"(["a"])", {"a"}, R"("a")"},
                        Case{R"(["b", "a"])", {"b", "a"}, R"(["b","a"])"}}) {
    CAPTURE(c.given);
    const Config config = parse_target(folder, c.given);
    CHECK(config.data.targets == c.targets);
    const std::string resolved = resolved_json(config, catalogue);
    CHECK(nlohmann::json::parse(resolved)["data"]["target"].dump() == c.resolved);
    const Config again = parse_config(resolved, folder / "run.json", {}, catalogue);
    CHECK(resolved_json(again, catalogue) == resolved);
  }
}

TEST_CASE("targets: lists that can't be meant, each at its place") {
  const testing::ScratchFolder folder;
  const auto wrong = [&](const std::string& target) {
    return error_of([&] { parse_target(folder, target); });
  };
  check_says(wrong("[]"), "run.json:1:41: /data/target: expected at least one column");
  check_says(wrong(R"("")"), "run.json:1:41: /data/target: expected a text that is not empty");
  check_says(wrong(R"(["a", ""])"), "run.json:1:47: /data/target/1: expected a text that is not");
  check_says(wrong(R"(["a", "b", "a"])"), "run.json:1:52: /data/target/2: \"a\" is listed twice");
  check_says(wrong(R"(["a", 1])"), "/data/target/1: expected a text, found the number 1");
  check_says(wrong("null"), "/data/target: expected a text or a list of texts, found null");
}

TEST_CASE("targets: the schema takes what reading takes") {
  const auto schema = nlohmann::json::parse(schema_json(testing::small_catalogue()));
  const nlohmann::json& target = schema["properties"]["data"]["properties"]["target"];
  REQUIRE(target["anyOf"].size() == 2);
  CHECK(target["anyOf"][0] == nlohmann::json{{"type", "string"}, {"minLength", 1}});
  CHECK(target["anyOf"][1]["items"] == nlohmann::json{{"type", "string"}, {"minLength", 1}});
  CHECK(target["anyOf"][1]["minItems"] == 1);
  CHECK(target["anyOf"][1]["uniqueItems"] == true);
}

TEST_CASE("targets: columns in the config's order; under author none is an input") {
  const Frame frame = read(abc_csv(), {"c", "a"});
  CHECK(frame.names == Texts{"a", "b", "c"});
  CHECK(frame.targets == Indices{2, 0});
  CHECK(frame.target_name(0) == "c");
  CHECK(frame.features == Indices{0, 1, 2});
  const Frame author = read(abc_csv(), {"c", "a"}, {}, Protocol::author);
  CHECK(author.targets == Indices{2, 0});
  CHECK(author.features == Indices{1});
  check_says(error_of([] {
               read(abc_csv(), {"a", "b", "c"}, {}, Protocol::author);
             }),
             "beside the time and the targets");
}

TEST_CASE("targets: what can't be forecast is refused, whichever of them it is") {
  const std::string csv = "x,y,sky\n1,5,sun\n2,6,rain\n4,5,sun\n";
  check_says(read_error(csv, {"x", "yy"}), "\"target\" names \"yy\", no column of the file");
  check_says(read_error(csv, {"x", " x"}), "\"target\" lists \" x\" twice");
  check_says(read_error(csv, {}), "\"target\" is an empty list");
  check_says(read_error(csv, {"x", "sky"}),
             ":2: column \"sky\", named in \"target\", holds \"sun\"");
  check_says(read_error("x,y\n1,7\n2,7\n", {"x", "y"}), "the target \"y\" is 7 in all 2 rows");
}

TEST_CASE("targets: a leak of any target is found; missing values of all are counted") {
  std::string csv = "x,y,tip\n";
  const auto y = [](int row) { return std::to_string(row * row * 37 % 101); };
  for (int r = 0; r < 80; ++r)
    csv += std::to_string(r * r * 7 % 31) + "," + y(r) + "," + y(r + 2) + "\n";
  check_says(read_error(csv, {"x", "y"}), "column \"tip\" equals the target \"y\" 2 rows ahead");
  CHECK(read_error(csv, {"x"}) == "");
  const Frame filled =
      read("x,y\n1,5\n,6\n4,\n", {"x", "y"}, [](DataConfig& c) { c.missing = "ffill"; });
  CHECK(filled.notes.back() == "2 values filled in the targets are scored as if measured");
}

TEST_CASE("targets: a constant training part is refused for each") {
  std::string csv = "x,y\n";
  for (int r = 0; r < 100; ++r)
    csv += std::to_string(r * r % 13) + "," + (r < 70 ? "1" : "2") + "\n";
  const TemporaryFile file(csv);
  DataConfig config = testing::data_config(file.path(), "x");
  config.window = 3;
  CHECK(error_of([&] { load_task(config, Protocol::honest); }) == "");
  config.targets = {"x", "y"};
  check_says(error_of([&] { load_task(config, Protocol::honest); }),
             "the target \"y\" is 1 in all 70 training rows");
}

TEST_CASE("targets: the shape of the model, and where each target's past stands") {
  DataConfig config;
  config.window = 6;
  config.horizon = 4;
  const auto shape = [&](const Texts& targets, const std::optional<Texts>& features) {
    return forecast_shape(config,
                          read(abc_csv(), targets, [&](DataConfig& c) { c.features = features; }));
  };
  const ForecastShape all = shape({"c", "a"}, std::nullopt);
  CHECK(all.window == 6);
  CHECK(all.features == 3);
  CHECK(all.horizon == 4);
  CHECK(all.targets == 2);
  CHECK(all.outputs() == 8);
  CHECK(all.own_past == std::vector<std::int64_t>{2, 0});
  CHECK(shape({"c", "a"}, Texts{"b", "c"}).own_past == std::vector<std::int64_t>{1, -1});
}

TEST_CASE("targets: a batch is gathered as a naive loop gathers it, each by its own scale") {
  const Frame frame = read(abc_csv(), {"c", "a"});
  const Scaling scaling = fit_scaling(frame, "standard", std::vector<std::size_t>{40});
  CHECK(scaling.only().targets[0].mean ==
        standard_scale(std::span(frame.columns[2]).first(40)).mean);
  CHECK(scaling.only().targets[1].mean ==
        standard_scale(std::span(frame.columns[0]).first(40)).mean);
  constexpr std::size_t window = 4;
  constexpr std::size_t horizon = 3;
  const Windows windows(frame, scaling, window, horizon);
  CHECK(windows.targets() == 2);
  CHECK(windows.outputs() == 6);
  const Indices batch = {17, 0, 53};
  std::vector<real> x(window * 3 * batch.size());
  std::vector<real> y(horizon * 2 * batch.size());
  windows.gather(batch, x.data(), y.data());
  const Values values = target_values(frame, batch, window, horizon);
  REQUIRE(values.size() == y.size());
  for (std::size_t b = 0; b < batch.size(); ++b) {
    for (std::size_t step = 0; step < horizon; ++step) {
      for (std::size_t target = 0; target < 2; ++target) {
        const double value = frame.columns[target == 0 ? 2 : 0][batch[b] + window + step];
        const real scaled = static_cast<real>(scaling.only().targets[target].scaled(value));
        CHECK(y[(step * 2 + target) * batch.size() + b] == scaled);
        CHECK(values[(b * horizon + step) * 2 + target] == value);
      }
    }
  }
}

TEST_CASE("targets: every baseline forecasts each as if it were alone") {
  DataConfig config = testing::data_config("", "");
  config.window = 5;
  config.horizon = 3;
  config.season = 4;
  const auto baselines = [&](const Texts& targets) {
    const Frame frame = read(abc_csv(), targets);
    const WindowSplit split = split_windows(frame.rows(), 5, 3, config.split, Protocol::honest);
    return forecast_baselines(frame, config, split, split.test);
  };
  const auto both = baselines({"c", "a"});
  REQUIRE(both.size() == 3);
  const Texts names = {"c", "a"};
  for (std::size_t target = 0; target < 2; ++target) {
    const auto alone = baselines({names[target]});
    for (std::size_t m = 0; m < 3; ++m) {
      CAPTURE(both[m].name);
      CAPTURE(target);
      REQUIRE(both[m].forecasts.size() == 2 * alone[m].forecasts.size());
      for (std::size_t i = 0; i < alone[m].forecasts.size(); ++i) {
        CHECK(both[m].forecasts[2 * i + target] ==
              doctest::Approx(alone[m].forecasts[i]).epsilon(1e-10));
      }
    }
  }
}

}  // namespace espalier
