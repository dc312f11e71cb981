// espalier explain: its text, page, options and errors.
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/cli/explained_run.h"
#include "tests/support/text.h"

using namespace espalier::test;
using nlohmann::json;

namespace {

/// With single blanks between words, so that alignment doesn't matter.
std::string squeezed(const std::string& line) {
  std::istringstream words(line);
  std::string text;
  for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

TEST_CASE("the text shows the same gates, in lines of at most 80 characters") {
  const ExplainedRun place;
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

TEST_CASE("what is random in evaluation is left out, and said to be") {
  const ExplainedRun place;
  for (const int samples : {1, 7}) {
    // In the author protocol the default is one sample.
    place.train(R"({"type": "lstm", "hidden": 4})",
                {"-o", fmt::format(R"(regularizers=[{{"type": "mc_dropout", "sites": ["head",
                    "recurrent"], "samples": {}}}, {{"type": "zoneout"}}])",
                                   samples)});
    const json told = place.explained();
    CHECK(told["random"].get<bool>());
    CHECK(told["samples"] == samples);
    CHECK(told["disagreements"] == 0);
    // The other one still acts, in double and in float.
    CHECK(told["recurrent_layers"][0][4]["gates"].contains("next c"));
    for (const json& forecast : told["forecasts"]) {
      CHECK(forecast["y_hat_float"].get<double>() ==
            doctest::Approx(forecast["y_hat"].get<double>()).epsilon(1e-5));
    }
    const std::string text = place.explain().out;
    const char* passes = samples == 1 ? "that of one random pass" : "the mean of 7 random passes";
    CHECK(text.find(passes) != std::string::npos);
    CHECK(text.find("next h: ") != std::string::npos);
    CHECK(text.find("next c: ") != std::string::npos);
  }
}

TEST_CASE("derivatives agree with kinks, and where data are not scaled") {
  const ExplainedRun place;
  place.train(R"({"type": "rnn", "hidden": 4, "nonlinearity": "relu"})",
              {"-o", "train.loss=mae", "-o", "data.scale=none"});
  const json told = place.explained();
  CHECK(told["loss"]["name"] == "mae");
  CHECK(told["disagreements"] == 0);
}

TEST_CASE("a wrong derivative is found, at all nodes that it reaches and no others") {
  const ExplainedRun place;
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
  // Of what the last tanh read, one element is wrong, by 1 %: as gradcheck breaks an op.
  std::size_t last = told["nodes"].size() - 1;
  while (told["nodes"][last]["op"] != "tanh") --last;
  const std::size_t read = told["nodes"][last]["inputs"][0];
  std::vector<double> ratios;
  for (const json& derivative : told["nodes"][read]["compared"]) {
    if (derivative["error"].get<double>() <= told["tolerance"].get<double>()) continue;
    ratios.push_back(derivative["backward"].get<double>() / derivative["difference"].get<double>());
  }
  REQUIRE(ratios.size() == 1);
  CHECK(ratios[0] == doctest::Approx(1.01).epsilon(1e-6));
  const Outcome text = place.explain({"--break", "tanh"});
  CHECK(text.exit_code == 1);
  CHECK(text.out.ends_with("(--break).\n"));
  CHECK(text.out.find("WRONG\n") != std::string::npos);
  CHECK(fault_of(place.explain({"--break", "exp"}), usage_wrong, {"--break", "exp", "tanh"}) == "");
}

TEST_CASE("the row can be chosen by number or time, wherever a window fits") {
  const ExplainedRun place;
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
  const ExplainedRun place;
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
  CHECK(maps[5]["label"] == "Layer 0, h");
  const json told = place.explained();
  for (std::size_t t = 0; t < 5; ++t) {
    const double h = told["recurrent_layers"][0][t]["gates"]["h"][3];
    CHECK(maps[5]["values"][3][t].get<double>() == doctest::Approx(h).epsilon(1e-4));
  }
  place.train(small_transformer);
  place.explain({"--html", "page.html"});
  CHECK(read_text(place / "page.html").find("\"Layer 1, head 1\"") != std::string::npos);
}

TEST_CASE("regularizers that are seldom random are random") {
  const ExplainedRun place;
  place.train(R"({"type": "lstm", "hidden": 4})",
              {"-o", R"(regularizers=[{"type": "mc_dropout", "rate": 0.001, "samples": 1}])"});
  CHECK(place.explained()["random"] == true);
}

TEST_CASE("a wrong derivative makes the command fail, in one line") {
  const ExplainedRun place;
  place.train(R"({"type": "linear"})");
  Outcome outcome = place.explain({"--break", "linear"});
  CHECK(outcome.exit_code == run_failed);
  CHECK(outcome.out.find("DISAGREE.\nThe derivatives of linear were made wrong on purpose") !=
        std::string::npos);
  CHECK(outcome.err.starts_with("error: "));
  CHECK(outcome.err.find("derivatives disagree") != std::string::npos);
  CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
  // The states of the first steps get no gradient through it, only the last one's does.
  place.train(R"({"type": "lstm", "hidden": 4})");
  outcome = place.explain({"--break", "stack"});
  CHECK(outcome.exit_code == run_failed);
}

TEST_CASE("a model that isn't the config's is told, not computed") {
  const ExplainedRun place;
  place.train(R"({"type": "lstm", "hidden": 4})");
  const std::string path = place / "run/model/config.json";
  const std::string sound = read_text(path);
  const auto changed = [&](const std::string& original, const std::string& replacement,
                           const char* told) {
    const std::size_t at = sound.find(original);
    REQUIRE(at != std::string::npos);
    write_text(path, std::string(sound).replace(at, original.size(), replacement));
    for (const char* command : {"explain", "inspect"}) {
      CHECK(fault_of(place.espalier({command, "run"}), run_failed, {"run/model/", "fit", told}) ==
            "");
    }
  };
  changed("\"window\": 5", "\"window\": 4", "/window: 4 there, 5 expected");
  changed("\"horizon\": 2", "\"horizon\": 200", "/horizon: 200 there, 2 expected");
  changed("\"mean\": ", "\"mean\": 1", "/features/0/mean: 1");
  changed("\"model\": \"lstm\"", "\"model\": \"gru\"", "/model: \"gru\" there");
  changed("\"hidden\": 4", "\"hidden\": 5", "weight_ih_l0");
  changed("\"column\"", "\"row\"", "/features/0/column: missing");
  write_text(path, sound.substr(0, 20));
  CHECK(fault_of(place.explain(), run_failed, {"model/config.json", "fit"}) == "");

  // What another machine rounds otherwise, and a setting that isn't there but has its default.
  json other = json::parse(sound);
  json& deviation = other["features"][0]["deviation"];
  deviation = deviation.get<double>() * (1 + 1e-12);
  other["settings"].erase("layers");
  write_text(path, other.dump());
  CHECK(place.explain().exit_code == 0);
}

TEST_CASE("that a forecast is in forecasts.csv is looked up") {
  const ExplainedRun place;
  place.train(R"({"type": "lstm", "hidden": 4})");
  const std::string path = place / "run/forecasts.csv";
  const std::string sound = read_text(path);
  const auto says = [&place](const char* part) {
    const Outcome outcome = place.explain();
    CHECK(outcome.exit_code == 0);
    return outcome.out.find(part) != std::string::npos;
  };
  CHECK(says("). It is in forecasts.csv."));
  const std::size_t last_line = sound.rfind('\n', sound.size() - 2);
  write_text(path, sound.substr(0, last_line + 1));
  CHECK(says("forecasts.csv LACKS it"));
  std::filesystem::remove(path);
  CHECK(says("forecasts.csv LACKS it"));
  // Of the last line, the digit before the point of y_hat, in the sixth cell.
  std::size_t cell = last_line;
  for (int commas = 0; commas < 5; ++commas) cell = sound.find(',', cell + 1);
  std::string other = sound;
  char& digit = other[sound.find('.', cell) - 1];
  digit = digit == '5' ? '6' : '5';
  write_text(path, other);
  CHECK(says("forecasts.csv has ANOTHER FORECAST of it"));
  CHECK(place.explained()["record"] == "other_forecast");

  // Float rounds large numbers by more than a ten-thousandth.
  write_text(place / "data.csv",
             std::regex_replace(small_csv(), std::regex(R"((,\d+\.\d+))"), "$1e5"));
  place.train(R"({"type": "linear"})", {"-o", "data.scale=none"});
  CHECK(place.explained()["forecasts"][0]["y"] > 1e6);
  CHECK(place.explained()["record"] == "forecast");
}

TEST_CASE("what can't be explained is told in one line") {
  const ExplainedRun place;
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
  CHECK(fault_of(place.explain({"--unit", "-1"}), usage_wrong, {"--unit is -1", "0 to 3"}) == "");
  for (const char* number : {"", "0x10", "010", "7.5", "7e0", "--7", "99999999999999999999"}) {
    INFO(number);
    CHECK(fault_of(place.explain({"--row", number}), usage_wrong, {"--row"}) == "");
    CHECK(fault_of(place.explain({"--unit", number}), usage_wrong, {"--unit"}) == "");
  }
  const std::string weights = read_text(place / "run/model/model.safetensors");
  write_text(place / "run/model/model.safetensors", weights.substr(0, 100));
  CHECK(fault_of(place.explain(), run_failed, {"model.safetensors"}) == "");
  write_text(place / "run/model/model.safetensors", weights);
  const std::string meta = read_text(place / "run/meta.json");
  write_text(place / "run/meta.json", "{}");
  CHECK(fault_of(place.explain(), run_failed, {"meta.json", "damaged"}) == "");
  write_text(place / "run/meta.json", meta);
  write_text(place / "data.csv", small_csv(201));
  CHECK(fault_of(place.explain(), usage_wrong, {"data.csv", "has changed"}) == "");
  std::filesystem::remove(place / "data.csv");
  CHECK(fault_of(place.explain(), usage_wrong, {"data.csv", "no such file"}) == "");
  std::filesystem::remove(place / "run/metrics.json");
  CHECK(fault_of(place.explain(), usage_wrong, {"run", "isn't finished"}) == "");

  const ExplainedRun other;
  other.train(R"({"type": "linear"})");
  CHECK(fault_of(other.explain({"--unit", "0"}), usage_wrong, {"--unit", "linear"}) == "");
}
