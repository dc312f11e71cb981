#pragma once

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/parameters.h"
#include "tests/support/array.h"

namespace espalier::test {

/// A file of tests/golden.
inline nlohmann::json read_golden(const std::string& name) {
  std::ifstream file(ESPALIER_SOURCE_DIR "/tests/golden/" + name);
  if (!file) throw std::runtime_error("tests/golden/" + name + " can't be read");
  return nlohmann::json::parse(file);
}

/// tests/golden/torch.json, which make_torch_golden.py wrote.
inline const nlohmann::json& torch_golden() {
  static const nlohmann::json golden = read_golden("torch.json");
  return golden;
}

inline Shape golden_shape(const nlohmann::json& stored) {
  const auto sizes = stored.at("shape").get<std::vector<std::int64_t>>();
  if (sizes.size() == 1) return {sizes.at(0)};
  if (sizes.size() == 2) return {sizes.at(0), sizes.at(1)};
  return {sizes.at(0), sizes.at(1), sizes.at(2)};
}

/// The numbers as stored, in double whatever this build computes in.
inline std::vector<double> golden_values(const nlohmann::json& stored) {
  return stored.at("values").get<std::vector<double>>();
}

/// The same array in the layout stored.
inline Array golden_array(const nlohmann::json& stored) {
  const auto values = golden_values(stored);
  return {golden_shape(stored), {values.begin(), values.end()}};
}

/// PyTorch's [batch, feature] or [batch, time, feature] as [feature, batch] or
/// [time, feature, batch].
inline Array feature_major(const nlohmann::json& stored) {
  const auto values = golden_values(stored);
  const Shape shape = golden_shape(stored);
  const std::int64_t batch = shape[0];
  const std::int64_t rows = shape.size() / batch;
  Array made{shape.rank() == 2 ? Shape{shape[1], batch} : Shape{shape[1], shape[2], batch}, {}};
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t b = 0; b < batch; ++b) {
      made.elements.push_back(
          static_cast<real>(values.at(static_cast<std::size_t>(b * rows + row))));
    }
  }
  return made;
}

/// Sets every parameter from a golden object {name: array}; `prefix` is what the model puts before
/// PyTorch's names.
inline void set_parameters(Parameters& parameters, const nlohmann::json& stored,
                           const std::string& prefix) {
  if (stored.size() != parameters.all().size()) throw std::runtime_error("parameter counts differ");
  for (const auto& [name, values] : stored.items()) {
    const Parameter* parameter = parameters.find(prefix + name);
    if (parameter == nullptr) throw std::runtime_error("no parameter " + prefix + name);
    const Array made = golden_array(values);
    if (made.shape != parameter->shape()) throw std::runtime_error(name + " has another shape");
    std::ranges::copy(made.elements, parameter->value().data);
  }
}

}  // namespace espalier::test
