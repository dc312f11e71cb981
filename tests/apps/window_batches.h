#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/data/windows.h"
#include "tests/apps/data_files.h"

namespace espalier::testing {

/// Of a file with the columns ds and y: windows of 6 rows, 2 forecast.
inline DataConfig config_of(const std::string& path) {
  DataConfig config = data_config(path, "y");
  config.time = {"ds"};
  config.window = 6;
  config.horizon = 2;
  return config;
}

struct Batch {
  std::vector<real> x, y;
  bool operator==(const Batch&) const = default;
};

/// What a model sees of these windows.
inline Batch batch_of(const Windows& windows, const std::vector<std::size_t>& indices) {
  Batch batch{std::vector<real>(indices.size() * windows.window() * windows.features()),
              std::vector<real>(indices.size() * windows.outputs())};
  windows.gather(indices, batch.x.data(), batch.y.data());
  return batch;
}

}  // namespace espalier::testing
