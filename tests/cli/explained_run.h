#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"
#include "tests/cli/workplace.h"

namespace espalier::test {

using Vector = std::vector<double>;

/// A folder with a small config and its data, where runs are trained and explained.
struct ExplainedRun : Workplace {
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
  nlohmann::json explained(std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--json", "--all"});
    const Outcome outcome = explain(more);
    INFO(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    return nlohmann::json::parse(outcome.out);
  }
};

inline const char* const small_transformer =
    R"({"type": "patch_transformer", "embed": 4, "heads": 2,
    "layers": 2, "feed_forward": 6, "patch": 2})";

/// A parameter of the run, as doubles.
Vector weights(const ExplainedRun& place, const std::string& name);

/// Checks forecasts against what the run itself has written for the same window.
void check_forecasts(const ExplainedRun& place, const nlohmann::json& told, double tolerance);

}  // namespace espalier::test
