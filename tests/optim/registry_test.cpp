#include "optim/registry.h"

#include <set>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/errors.h"

namespace espalier::test {

TEST_CASE("every registered optimizer builds from its defaults and takes a step") {
  std::set<std::string> names;
  for (const OptimizerEntry& entry : optimizer_registry()) {
    CAPTURE(entry.info.name);
    CHECK(names.insert(entry.info.name).second);
    CHECK(!entry.info.summary.empty());
    for (const Protocol protocol : {Protocol::honest, Protocol::author}) {
      const Settings defaults = Settings::defaults(entry.info.settings, protocol);
      if (entry.info.check) CHECK(entry.info.check(defaults, protocol) == "");
      Parameters parameters;
      const Parameter& w = parameters.add("w", ParameterKind::weight, {2});
      w.grad()[0] = 1;
      const auto optimizer = make_optimizer(entry.info.name, defaults, parameters);
      optimizer->step({}, {});
      CHECK(w.value()[0] < 0);  // against the gradient
      CHECK(w.value()[1] == 0);
    }
  }
}

TEST_CASE("every setting says what it is, and its default lies within its bounds") {
  for (const OptimizerEntry& entry : optimizer_registry()) {
    for (const SettingSpec& spec : entry.info.settings) {
      CAPTURE(entry.info.name);
      CAPTURE(spec.name);
      CHECK(!spec.help.empty());
      if (const auto* value = std::get_if<double>(&spec.default_value)) {
        CHECK((spec.minimum_exclusive ? *value > spec.minimum : *value >= spec.minimum));
        CHECK(*value <= spec.maximum);
      }
    }
  }
}

TEST_CASE("max_grad_norm is off unless given") {
  const std::vector<SettingSpec> specs{max_grad_norm_spec()};
  Settings settings = Settings::defaults(specs, Protocol::honest);
  CHECK(!max_grad_norm_of(settings).has_value());
  settings.set("max_grad_norm", 2.5);
  CHECK(max_grad_norm_of(settings) == 2.5);
}

TEST_CASE("AdamW refuses to shrink weights to nothing in one step") {
  for (const OptimizerEntry& entry : optimizer_registry()) {
    if (entry.info.name != "adamw") continue;
    Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
    settings.set("lr", 0.1);
    settings.set("weight_decay", 9.9);
    CHECK(entry.info.check(settings, Protocol::honest) == "");
    settings.set("weight_decay", 10.1);
    CHECK(entry.info.check(settings, Protocol::honest).find("weight_decay") != std::string::npos);
    return;
  }
  FAIL("adamw is not registered");
}

TEST_CASE("an optimizer that isn't registered is refused by name") {
  Parameters parameters;
  CHECK(wrong_error([&] { make_optimizer("adma", {}, parameters); }, {"[optimizer]", "\"adma\""}) ==
        "");
}

}  // namespace espalier::test
