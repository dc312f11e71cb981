#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "optim/registry.h"
#include "tests/support/golden.h"

namespace espalier::test {

/// tests/golden/torch_optimizers.json, which make_optimizer_golden.py wrote.
inline const nlohmann::json& torch_optimizers() {
  static const nlohmann::json golden = read_golden("torch_optimizers.json");
  return golden;
}

inline SettingValue golden_setting(const nlohmann::json& stored) {
  if (stored.is_null()) return std::monostate{};
  if (stored.is_boolean()) return stored.get<bool>();
  if (stored.is_number_integer()) return stored.get<std::int64_t>();
  return stored.get<double>();
}

/// Settings where each one of `specs` is as golden {name: value} says; throws if that names others
/// or leaves one out.
inline Settings golden_settings(const nlohmann::json& stored,
                                const std::vector<SettingSpec>& specs) {
  Settings settings;
  for (const SettingSpec& spec : specs)
    settings.set(spec.name, golden_setting(stored.at(spec.name)));
  if (settings.values().size() != stored.size()) throw std::runtime_error("unknown settings");
  return settings;
}

inline std::unique_ptr<Optimizer> golden_optimizer(const nlohmann::json& stored,
                                                   Parameters& parameters) {
  for (const OptimizerEntry& entry : optimizer_registry()) {
    if (stored.at("type") != entry.info.name) continue;
    return entry.make(golden_settings(stored.at("settings"), entry.info.settings), parameters);
  }
  throw std::runtime_error("no optimizer for a golden case");
}

inline void set_gradients(Parameters& parameters, const nlohmann::json& gradients) {
  std::size_t k = 0;
  for (const Parameter& parameter : parameters.all()) {
    const Array gradient = golden_array(gradients.at(k++));
    std::ranges::copy(gradient.elements, parameter.grad().data);
  }
}

/// Empty if the weights agree with PyTorch's at every step kept up to `last`, else where not.
/// `shift` goes onto every gradient: a negative control.
inline std::string departure_from_torch(const std::string& name, std::int64_t last,
                                        double tolerance, real shift = 0) {
  const nlohmann::json& golden = torch_optimizers().at("optimizers").at("cases").at(name);
  Parameters parameters;
  std::size_t count = 0;
  for (const auto& start : torch_optimizers().at("optimizers").at("start")) {
    const Array values = golden_array(start);
    const Parameter& parameter = parameters.add(std::string("w").append(std::to_string(count++)),
                                                ParameterKind::weight, values.shape);
    std::ranges::copy(values.elements, parameter.value().data);
  }
  const auto optimizer = golden_optimizer(golden, parameters);
  const nlohmann::json& lr_factors = golden.at("lr_factors");
  const nlohmann::json& gradients = torch_optimizers().at("optimizers").at("gradients");
  std::int64_t step = 0;
  for (const auto& kept : golden.at(sizeof(real) == 4 ? "float32" : "float64")) {
    if (kept.at("step") > last) break;
    for (; step < kept.at("step"); ++step) {
      parameters.zero_grad();
      set_gradients(parameters, gradients.at(static_cast<std::size_t>(step) % gradients.size()));
      for (const Parameter& parameter : parameters.all()) parameter.grad()[0] += shift;
      optimizer->set_lr_factor(lr_factors.at(static_cast<std::size_t>(step) % lr_factors.size()));
      optimizer->step({}, {});
    }
    std::size_t k = 0;
    for (const Parameter& parameter : parameters.all()) {
      const auto expected = golden_values(kept.at("weights").at(k++));
      const std::string problem = difference(parameter.value().span(), expected, tolerance);
      if (!problem.empty()) {
        return parameter.name() + " after step " + std::to_string(step) + ", " + problem;
      }
    }
  }
  return step == 0 ? "no step was compared" : "";
}

}  // namespace espalier::test
