// The configs that come with the project fit its data and its settings.

#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/command.h"

namespace espalier::test {

TEST_CASE("every shipped config of a run whose data are shipped passes check") {
  namespace fs = std::filesystem;
  const fs::path root = ESPALIER_SOURCE_DIR;
  int checked = 0;
  for (const auto& entry : fs::directory_iterator(root / "configs")) {
    std::ifstream file(entry.path());
    const auto config = nlohmann::json::parse(file, nullptr, true, /*ignore_comments=*/true);
    if (config.contains("arms")) continue;  // a comparison
    if (!fs::exists(root / config.at("data").at("path").get<std::string>())) continue;
    CAPTURE(entry.path().filename().string());
    const Outcome outcome = run({"check", entry.path().string()}, {.folder = root.string()});
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
    ++checked;
  }
  CHECK(checked >= 2);
}

}  // namespace espalier::test
