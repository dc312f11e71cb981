#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "optim/registry.h"
#include "tests/support/golden.h"

namespace espalier::test {

inline const nlohmann::json& torch_optimizers() {
  return torch_golden().at("optimizers");
}

/// The optimizer whose golden case starts with its registered name, e.g. "adam_clipped".
inline std::unique_ptr<Optimizer> optimizer_for(const std::string& case_name,
                                                const nlohmann::json& golden,
                                                Parameters& parameters) {
  for (const OptimizerEntry& entry : optimizer_registry()) {
    if (!case_name.starts_with(entry.info.name)) continue;
    Settings settings = Settings::defaults(entry.info.settings, Protocol::honest);
    for (const auto& [name, value] : golden.items()) {
      if (value.is_null()) {
        settings.set(name, std::monostate{});
      } else {
        settings.set(name, value.get<double>());
      }
    }
    return entry.make(settings, parameters);
  }
  throw std::runtime_error("no optimizer for " + case_name);
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
  const nlohmann::json& golden = torch_optimizers().at("cases").at(name);
  Parameters parameters;
  std::size_t count = 0;
  for (const auto& start : torch_optimizers().at("start")) {
    const Array values = golden_array(start);
    const Parameter& parameter = parameters.add(std::string("w").append(std::to_string(count++)),
                                                ParameterKind::weight, values.shape);
    std::ranges::copy(values.elements, parameter.value().data);
  }
  const auto optimizer = optimizer_for(name, golden.at("settings"), parameters);
  const nlohmann::json& gradients = torch_optimizers().at("gradients");
  std::int64_t step = 0;
  for (const auto& kept : golden.at(sizeof(real) == 4 ? "float32" : "float64")) {
    if (kept.at("step") > last) break;
    for (; step < kept.at("step"); ++step) {
      parameters.zero_grad();
      set_gradients(parameters, gradients.at(static_cast<std::size_t>(step) % gradients.size()));
      for (const Parameter& parameter : parameters.all()) parameter.grad()[0] += shift;
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
