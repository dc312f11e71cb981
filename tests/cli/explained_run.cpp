#include "tests/cli/explained_run.h"

#include <cstring>
#include <sstream>

#include "core/safetensors.h"

namespace espalier::test {

using nlohmann::json;

Vector weights(const ExplainedRun& place, const std::string& name) {
  const Safetensors stored = Safetensors::read(place / "run/model/model.safetensors");
  const Safetensors::Entry& entry = stored.entries.at(name);
  REQUIRE(entry.dtype == "F32");
  std::vector<float> floats(entry.bytes.size() / sizeof(float));
  std::memcpy(floats.data(), entry.bytes.data(), entry.bytes.size());
  return {floats.begin(), floats.end()};
}

void check_forecasts(const ExplainedRun& place, const json& told, double tolerance) {
  const std::string csv = read_text(place / "run/forecasts.csv");
  REQUIRE(!told["forecasts"].empty());
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
    CHECK(forecast["y_hat_float"].get<double>() == doctest::Approx(y_hat).epsilon(tolerance));
  }
}

}  // namespace espalier::test
