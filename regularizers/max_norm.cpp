#include "regularizers/max_norm.h"

#include <cmath>

namespace espalier {

namespace {

void limit_norm(std::span<real> row, double limit) {
  double squares = 0;
  for (const real w : row) squares += static_cast<double>(w) * static_cast<double>(w);
  const double norm = std::sqrt(squares);
  if (norm <= limit) return;
  const auto factor = static_cast<real>(limit / norm);
  for (real& w : row) w *= factor;
}

}  // namespace

void MaxNorm::after_step(Parameters& parameters, const TrainingProgress&) {
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() != ParameterKind::weight) continue;
    for (std::int64_t r = 0; r < parameter.shape()[0]; ++r) {
      limit_norm(parameter.value().slice(r).span(), limit_);
    }
  }
}

RegularizerEntry max_norm_entry() {
  return {{.name = "max_norm",
           .summary = "Limits the norm of what enters each unit.",
           .settings = {{.name = "limit",
                         .type = SettingType::number,
                         .default_value = 3.0,
                         .help = "Largest Euclidean norm of a row of a weight matrix.",
                         .minimum = 0,
                         .minimum_exclusive = true}}},
          [](const Settings& settings, const RegularizerContext&) -> std::unique_ptr<Regularizer> {
            return std::make_unique<MaxNorm>(settings.number("limit"));
          }};
}

}  // namespace espalier
