// The regularizer that chapter 4 of the tutorial writes: as the reader registers it, it compiles
// and does what the chapter says; and the chapter and its program show this very code.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "regularizers/registry.h"

// Names of its own, so that the reader's may be linked beside it.
#define RisingThreshold TutorialRisingThreshold
#define rising_threshold_entry tutorial_rising_threshold_entry

// tutorial: opening begins
#include <algorithm>
#include <cmath>
#include <memory>

namespace espalier {
// tutorial: opening ends

// tutorial: class begins
/// Prunes weights whose magnitude is below a threshold, for good. The threshold rises evenly, epoch
/// by epoch, over the first half of training.
class RisingThreshold final : public Regularizer {
 public:
  explicit RisingThreshold(double threshold) : threshold_(threshold) {}

  void before_step(Parameters& parameters, const TrainingProgress& now) override {
    const double limit = threshold_ * risen(now);
    for (const Parameter& parameter : parameters.all()) {
      if (parameter.kind() != ParameterKind::weight) continue;  // biases stay
      for (std::size_t i = 0; i < parameter.size(); ++i) {
        if (parameter.mask()[i] == 0 || std::abs(parameter.value().data[i]) >= limit) continue;
        parameters.prune(parameter.offset() + i, /*forget_state=*/true);
      }
    }
    parameters.mask_grads();
  }

  void after_step(Parameters& parameters, const TrainingProgress&) override {
    parameters.apply_masks();
  }

  bool settled(const TrainingProgress& now) const override { return risen(now) >= 1; }

 private:
  static double risen(const TrainingProgress& now) {
    return std::min(1.0,
                    2.0 * static_cast<double>(now.epoch + 1) / static_cast<double>(now.epochs));
  }

  double threshold_;
};
// tutorial: class ends

// tutorial: entry begins
RegularizerEntry rising_threshold_entry() {
  return {{.name = "rising_threshold",
           .summary = "Prunes weights below a threshold that rises while training.",
           .settings = {{.name = "threshold",
                         .type = SettingType::number,
                         .default_value = 0.05,
                         .help = "Magnitude below which all weights are pruned in the end.",
                         .minimum = 0}}},
          [](const Settings& settings, const RegularizerContext&) -> std::unique_ptr<Regularizer> {
            return std::make_unique<RisingThreshold>(settings.number("threshold"));
          }};
}

}  // namespace espalier
// tutorial: entry ends

using namespace espalier;

namespace {

std::string read(const std::string& name) {
  std::ifstream file(std::string(ESPALIER_SOURCE_DIR) + "/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What stands between "// tutorial: PART begins" and "// tutorial: PART ends" above.
std::string part(const std::string& name) {
  const std::string source = read("tests/regularizers/tutorial_example_test.cpp");
  const std::string begin = "\n// tutorial: " + name + " begins\n";
  const std::size_t from = source.find(begin) + begin.size();
  return source.substr(from, source.find("// tutorial: " + name + " ends\n", from) - from);
}

}  // namespace

TEST_CASE("the tutorial's regularizer prunes what is below a threshold that rises, and for good") {
  const RegularizerEntry entry = rising_threshold_entry();
  Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
  settings.set("threshold", 0.4);
  const auto regularizer = entry.make(settings, {});
  Parameters parameters;
  const Parameter& weight = parameters.add("w", ParameterKind::weight, {4});
  const Parameter& bias = parameters.add("b", ParameterKind::bias, {1});
  const std::vector<real> start{real{0.0625}, real{-0.1875}, real{0.375}, real{-0.5}};
  std::ranges::copy(start, weight.value().data);
  bias.value()[0] = real{0.015625};

  std::vector<std::string> masks;
  std::vector<bool> settled;
  for (std::int64_t epoch = 0; epoch < 5; ++epoch) {
    const TrainingProgress now{.epoch = epoch, .epochs = 8};
    std::ranges::fill(parameters.grads(), real{1});
    regularizer->before_step(parameters, now);
    CHECK(weight.grad()[0] == 0);
    CHECK(weight.grad()[3] == 1);
    CHECK(bias.grad()[0] == 1);
    weight.value()[0] = 9;  // an update that would bring a pruned weight back
    regularizer->after_step(parameters, now);
    masks.emplace_back();
    for (std::size_t i = 0; i < 4; ++i) {
      masks.back() += weight.mask()[i] == 0 ? '.' : '#';
      CHECK(weight.value().data[i] == (weight.mask()[i] == 0 ? 0 : start[i]));
    }
    settled.push_back(regularizer->settled(now));
  }
  // The threshold is 0.1, 0.2, 0.3, 0.4 and stays.
  CHECK(masks == std::vector<std::string>{".###", "..##", "..##", "...#", "...#"});
  CHECK(settled == std::vector<bool>{false, false, false, true, true});
  CHECK(bias.mask()[0] == 1);
}

TEST_CASE("chapter 4 of the tutorial and its program show this very code") {
  const std::string chapter = read("docs/tutorial/4_two_masks.md");
  const std::string program = read("docs/tutorial/4_two_masks.cpp");
  CHECK(part("class").size() > 500);
  CHECK(program.find(part("class")) != std::string::npos);
  CHECK(part("opening").size() > 50);
  CHECK(chapter.find(part("opening")) != std::string::npos);
  CHECK(part("entry").size() > 500);
  CHECK(chapter.find(part("entry")) != std::string::npos);
}
