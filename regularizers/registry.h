#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/component.h"
#include "core/random.h"
#include "core/regularizer.h"

namespace espalier {

/// What a regularizer may want to know of the run it is made for.
struct RegularizerContext {
  Protocol protocol = Protocol::honest;
  /// Planned length of training.
  std::int64_t epochs = 1;
  /// Its own stream of random numbers.
  RandomKey key{0};
};

struct RegularizerEntry {
  ComponentInfo info;
  /// Throws Error for settings that can't work in this run.
  std::unique_ptr<Regularizer> (*make)(const Settings&, const RegularizerContext&);
};

/// Every regularizer a config can name.
std::vector<RegularizerEntry> regularizer_registry();

/// Throws Error for a type that is not registered.
std::unique_ptr<Regularizer> make_regularizer(std::string_view type, const Settings& settings,
                                              const RegularizerContext& context);

}  // namespace espalier
