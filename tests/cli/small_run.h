#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace espalier::test {

/// Days from 2020-01-01 as ISO dates, for up to 28·12·n rows: 28 days a month are enough here.
inline std::string small_date(int row) {
  return fmt::format("{:04}-{:02}-{:02}", 2020 + row / 336, 1 + row / 28 % 12, 1 + row % 28);
}

/// A series a network can learn: two waves, and noise from a fixed recurrence.
/// Columns date, load (the target) and wind.
inline std::string small_csv(int rows = 200) {
  std::string text = "date,load,wind\n";
  std::uint32_t state = 1;
  const auto noise = [&state] {
    state = 1664525U * state + 1013904223U;
    return static_cast<double>(state >> 8U) / (1 << 24) - 0.5;
  };
  for (int row = 0; row < rows; ++row) {
    const double load = 50 + 10 * std::sin(row / 5.0) + 3 * std::sin(row / 17.0) + noise();
    const double wind = 5 + 2 * std::cos(row / 5.0) + noise();
    text += fmt::format("{},{:.3f},{:.3f}\n", small_date(row), load, wind);
  }
  return text;
}

/// Trains in a few milliseconds. 100 prunable weights, of which 75 go.
inline const std::string small_config = R"({
  "name": "small",
  "data": {
    "path": "data.csv",
    "time": "date",
    "target": "load",
    "window": 5
  },
  "model": { "type": "lstm", "hidden": 4 },
  "optimizer": { "type": "adam", "lr": 0.01 },
  "regularizers": [
    { "type": "synaptic_pruning", "max_sparsity": 0.75, "warmup_epochs": 1, "every": 1 }
  ],
  "train": { "epochs": 3, "batch": 16 }
}
)";

}  // namespace espalier::test
