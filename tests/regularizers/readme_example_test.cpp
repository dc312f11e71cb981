// The README's example of a new regularizer: it compiles, works, and is what the README shows.
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

// README: example begins
#include <algorithm>

#include "regularizers/registry.h"

namespace espalier {

/// Keeps every weight within ±limit, after each step of training.
class WeightClipping final : public Regularizer {
 public:
  explicit WeightClipping(double limit) : limit_(static_cast<real>(limit)) {}

  void after_step(Parameters& parameters, const TrainingProgress&) override {
    for (real& w : parameters.values()) w = std::clamp(w, -limit_, limit_);
  }

 private:
  real limit_;
};

RegularizerEntry weight_clipping_entry() {
  return {{.name = "weight_clipping",
           .summary = "Keeps every weight within a range.",
           .settings = {{.name = "limit",
                         .type = SettingType::number,
                         .default_value = 1.0,
                         .help = "Largest magnitude a weight may have.",
                         .minimum = 0,
                         .minimum_exclusive = true}}},
          [](const Settings& settings, const RegularizerContext&) -> std::unique_ptr<Regularizer> {
            return std::make_unique<WeightClipping>(settings.number("limit"));
          }};
}

}  // namespace espalier
// README: example ends

using namespace espalier;

namespace {

std::string read(const std::string& name) {
  std::ifstream file(std::string(ESPALIER_SOURCE_DIR) + "/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the README's example regularizer does what it says") {
  const RegularizerEntry entry = weight_clipping_entry();
  const Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
  const auto regularizer = entry.make(settings, {});
  Parameters parameters;
  const Parameter& weight = parameters.add("w", ParameterKind::weight, {3});
  weight.value()[0] = -4;
  weight.value()[1] = real{0.5};
  weight.value()[2] = 9;
  regularizer->after_step(parameters, {});
  CHECK(weight.value()[0] == -1);
  CHECK(weight.value()[1] == real{0.5});
  CHECK(weight.value()[2] == 1);
}

TEST_CASE("the README shows this very code") {
  const std::string source = read("tests/regularizers/readme_example_test.cpp");
  const std::string begin = "// README: example begins\n";
  const std::size_t from = source.find(begin) + begin.size();
  const std::string example = source.substr(from, source.find("// README: example ends") - from);
  CHECK(example.size() > 500);
  CHECK(read("README.md").find(example) != std::string::npos);
}
