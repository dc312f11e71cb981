// inspect.html in a browser: its slider moves heat maps and numbers, which are those of the run.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/workplace.h"

using namespace espalier::test;
using nlohmann::json;
using Update = nlohmann::ordered_json;

namespace {

/// Stands before everything else in the page.
constexpr const char* watch_errors = R"(<script>
window.pageErrors = [];
window.onerror = (message) => { window.pageErrors.push(String(message)); };
</script>)";

/// Stands behind everything else: moves the slider to each position and notes what is shown, to
/// find as text in the page. The last error is its own, to show that errors are seen.
constexpr const char* probe = R"(<script>
(() => {
  const slider = document.getElementById("moment");
  const shown = [];
  const look = (at) => {
    slider.value = at;
    slider.dispatchEvent(new Event("input"));
    const maps = [...document.querySelectorAll("canvas[data-matrix]")].map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let hash = 0, pruned = 0;
      for (let i = 0; i < data.length; i += 4) {
        for (let c = 0; c < 4; ++c) hash = (hash * 31 + data[i + c]) | 0;
        if (data[i] === 0x6a && data[i + 1] === 0x6d && data[i + 2] === 0x72) ++pruned;
      }
      return { hash, pruned, pixels: data.length / 4 };
    });
    const moment = { label: document.getElementById("label").textContent, maps };
    for (const id of ["target", "achieved", "threshold", "pruned"]) {
      const { value, textContent } = document.getElementById(id);
      moment[id] = { value, text: textContent };
    }
    moment.layers = [...document.querySelectorAll("#layers tbody tr")].map((row) => row.innerText);
    return moment;
  };
  for (let at = 0; at <= Number(slider.max); ++at) shown.push(look(at));
  const again = look(1);
  const charts = typeof Chart === "undefined" ? 0 : Object.keys(Chart.instances).length;
  const achieved = charts ? Chart.getChart("schedule").data.datasets[1] : { label: "", data: [] };
  const curve = achieved.data.map(({ y }) => y);
  const errors = [...window.pageErrors];
  window.onerror("probe");
  const result = document.createElement("pre");
  result.id = "seen";
  result.textContent = JSON.stringify({ shown, again, charts, curve, curve_label: achieved.label, errors, listening: window.pageErrors });
  document.body.append(result);
})();
</script>)";

bool has_chromium() {
  return std::system("command -v chromium > /dev/null 2>&1") == 0;
}

/// The page as the browser has it once its scripts have run.
std::string dumped(const std::string& page, const std::string& profile) {
  const std::string command =
      "timeout 60 chromium --headless --no-sandbox --disable-gpu "
      "--user-data-dir='" +
      profile + "' --dump-dom 'file://" + page + "' 2> /dev/null";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  std::array<char, 65536> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  CHECK(::pclose(pipe) == 0);
  return text;
}

/// What the probe noted in a copy of the page.
json probed(const Workplace& place, std::string page) {
  const auto insert = [&page](const char* before, const char* what) {
    const std::size_t at = page.rfind(before);
    REQUIRE(at != std::string::npos);
    page.insert(at, what);
  };
  insert("</body>", probe);
  insert("<meta charset", watch_errors);
  write_text(place / "probed.html", page);
  const std::string dom = dumped(place / "probed.html", place / "profile");
  const std::string begin = "<pre id=\"seen\">";
  const std::size_t from = dom.rfind(begin);
  REQUIRE(from != std::string::npos);
  const std::size_t to = dom.find("</pre>", from);
  return json::parse(dom.substr(from + begin.size(), to - from - begin.size()));
}

/// What the probe noted of a run of the small config with these overrides.
json inspected(const Workplace& place, const std::vector<std::string>& overrides) {
  REQUIRE(place.train(overrides).exit_code == 0);
  REQUIRE(place.espalier({"inspect", "run", "--quiet"}).exit_code == 0);
  return probed(place, read_text(place / "run/inspect.html"));
}

json inspected_transformer(const Workplace& place, const std::string& regularizers) {
  json seen = inspected(
      place, {"-o", R"(model={"type": "patch_transformer", "embed": 4, "heads": 2, "layers": 1})",
              "-o", "regularizers=" + regularizers});
  CHECK(seen["errors"] == json::array());
  return seen;
}

/// With their layers in the order of the file, as in the page.
std::vector<Update> updates_of(const std::string& path) {
  std::vector<Update> updates;
  std::istringstream lines(read_text(path));
  for (std::string line; std::getline(lines, line);) updates.push_back(Update::parse(line));
  return updates;
}

/// The number behind "update " in the label, counted from 0; −1 at another moment.
int update_number(const json& moment) {
  const std::string label = moment["label"];
  return label.starts_with("update ") ? std::stoi(label.substr(7)) - 1 : -1;
}

/// `moment` is one of an update.
void check_shows(const json& moment, const Update& update) {
  const auto value = [&moment](const char* id) {
    return std::stod(moment[id]["value"].get<std::string>());
  };
  CHECK(value("target") == update["target_sparsity"].get<double>());
  CHECK(value("achieved") == update["achieved_sparsity"].get<double>());
  CHECK(value("threshold") == update["threshold"].get<double>());
  CHECK(value("pruned") == update["pruned"].get<double>());
  CHECK(moment["achieved"]["text"] ==
        fmt::format("{:.2f} %", 100 * update["achieved_sparsity"].get<double>()));
  CHECK(moment["pruned"]["text"] ==
        fmt::format("{} of {}", update["pruned"].get<int>(), update["prunable"].get<int>()));
  const std::string place = fmt::format("epoch {}, batch {} of", update["epoch"].get<int>() + 1,
                                        update["batch"].get<int>() + 1);
  CHECK(moment["label"].get<std::string>().find(place) != std::string::npos);
  std::size_t matrix = 0;
  for (const auto& [name, layer] : update["layers"].items()) {
    CAPTURE(name);
    const json& map = moment["maps"][matrix];
    CHECK(map["pixels"] == layer["size"].get<int>());
    CHECK(map["pruned"] == layer["pruned"].get<int>());
    const int live = layer["size"].get<int>() - layer["pruned"].get<int>();
    const std::string row = moment["layers"][matrix];
    CHECK(row.starts_with(name));
    CHECK(row.find(fmt::format("{} of {}", live, layer["size"].get<int>())) != std::string::npos);
    ++matrix;
  }
  CHECK(matrix == moment["maps"].size());
}

}  // namespace

TEST_CASE("in a browser, the slider shows each moment as pruning.jsonl has it") {
  if (!has_chromium()) {
    MESSAGE("skipped: chromium is not installed");
    return;
  }
  const Workplace place;
  // More updates than are kept.
  const json seen = inspected(place, {"-o", "train.epochs=20"});
  const std::vector<Update> updates = updates_of(place / "run/pruning.jsonl");
  REQUIRE(updates.size() > 100);
  CHECK(seen["errors"] == json::array());
  CHECK(seen["listening"] == json{"probe"});
  const json& shown = seen["shown"];
  REQUIRE(shown.size() > 30);
  CHECK(shown.size() <= 102);
  CHECK(shown.front()["label"] == "start of training");
  CHECK(update_number(shown[1]) == 0);
  CHECK(update_number(shown[shown.size() - 2]) == static_cast<int>(updates.size()) - 1);
  CHECK(shown.back()["label"].get<std::string>().starts_with("scored weights"));
  std::set<std::string> maps;
  for (const json& moment : shown) {
    CAPTURE(moment["label"].get<std::string>());
    maps.insert(moment["maps"].dump());
    const int number = update_number(moment);
    if (number >= 0) check_shows(moment, updates[static_cast<std::size_t>(number)]);
  }
  // Weights move at every step: no two moments look the same, but one looks as it did before.
  CHECK(maps.size() >= shown.size() - 1);
  CHECK(seen["again"] == shown[1]);
  CHECK((seen["charts"] == 4 || seen["charts"] == 0));
}

TEST_CASE("in a browser, a run without pruning shows the ends of its epochs") {
  if (!has_chromium()) {
    MESSAGE("skipped: chromium is not installed");
    return;
  }
  const Workplace place;
  const json seen = inspected(place, {"-o", "regularizers=[]"});
  CHECK(seen["errors"] == json::array());
  REQUIRE(seen["shown"].size() == 1 + 3 + 1);
  CHECK(seen["shown"][2]["label"] == "end of epoch 2");
  for (const json& moment : seen["shown"]) {
    CHECK(moment["threshold"]["text"] == "–");
    CHECK(moment["achieved"]["value"] == "0");
  }
  CHECK(seen["shown"][1]["maps"] != seen["shown"][2]["maps"]);
}

TEST_CASE("in a browser, pruned heads are counted among the weights of attention throughout") {
  if (!has_chromium()) {
    MESSAGE("skipped: chromium is not installed");
    return;
  }
  const Workplace place;
  const json seen = inspected_transformer(
      place, R"([{"type": "pruning", "grain": "head", "max_sparsity": 0.5}])");
  CHECK(read_text(place / "run/inspect.html")
            .find("32 of 64 prunable weights are pruned (50.00 %)") != std::string::npos);
  const json& shown = seen["shown"];
  CHECK(shown.front()["pruned"]["text"] == "0 of 64");
  CHECK(shown.back()["pruned"]["text"] == "32 of 64");
  CHECK(shown.back()["achieved"]["text"] == "50.00 %");
  // Heads once pruned stay so: the curve never falls.
  const std::vector<double> curve = seen["curve"];
  CHECK(std::ranges::is_sorted(curve));
  if (curve.empty()) return;
  CHECK(curve.back() == 0.5);
  CHECK(seen["curve_label"] == "achieved");
}

TEST_CASE("in a browser, shares of different weights aren't joined by a curve") {
  if (!has_chromium()) {
    MESSAGE("skipped: chromium is not installed");
    return;
  }
  const Workplace place;
  const json seen =
      inspected_transformer(place, R"([{"type": "pruning", "grain": "head", "max_sparsity": 0.5},
                                       {"type": "pruning", "grain": "element", "max_sparsity": 0.3}])");
  const std::vector<double> curve = seen["curve"];
  if (curve.empty()) return;
  CHECK(seen["curve_label"] == "achieved, of all matrices");
  // The start and each epoch.
  std::istringstream log(read_text(place / "run/metrics.jsonl"));
  std::size_t epochs = 0;
  for (std::string line; std::getline(log, line);) {
    const double sparsity = json::parse(line)["sparsity"];
    CHECK(curve.at(++epochs) == doctest::Approx(sparsity).epsilon(1e-4));
  }
  CHECK(curve.size() == 1 + epochs);
  CHECK(curve.front() == 0);
  CHECK(curve.back() > 0);
}
