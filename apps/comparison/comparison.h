#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "apps/config/config.h"

namespace espalier {

/// A condition that every arm meets, and one row of the statistics: a data set × model × window
/// (× whatever else the grid varies). Trials of a block differ in their seed alone.
struct Block {
  /// Unlike any other block's; fit for a file name: "seattle-lstm-14".
  std::string name;
  std::string dataset;
  std::string model;
  std::int64_t window = 0;
  /// Labels on Comparison::other_axes.
  std::vector<std::string> others = {};
};

/// An experiment: the same trials of every arm on every block.
struct Comparison {
  std::string name;
  /// What it asks, for the report; may be empty.
  std::string question;
  Protocol protocol = Protocol::honest;
  /// Of trial 0; trial t has seed + t.
  std::uint64_t seed = 0;
  std::int64_t trials = 0;
  /// What the grid varies besides data set, model and window: "optimizer.lr".
  std::vector<std::string> other_axes = {};
  std::vector<Block> blocks = {};
  /// Names of the sets of regularizers that are compared, in the config's order.
  std::vector<std::string> arms = {};
  /// The arm that each of the others is tested against.
  std::size_t reference = 0;
  /// Of trial 0, laid out [blocks × arms].
  std::vector<Config> configs = {};

  std::size_t trial_count() const {
    return blocks.size() * arms.size() * static_cast<std::size_t>(trials);
  }
};

/// Names one trial of a comparison; all count from 0.
struct TrialKey {
  std::size_t block;
  std::size_t arm;
  std::int64_t trial;

  friend auto operator<=>(const TrialKey&, const TrialKey&) = default;
};

/// The run that this trial is: `espalier train` with it gives the same scores. Trials with the same
/// number share initial weights and batch order over all arms.
Config trial_config(const Comparison& comparison, const TrialKey& key);

/// "seattle-lstm-14/none/3", for messages and paths.
std::string trial_name(const Comparison& comparison, const TrialKey& key);

}  // namespace espalier
