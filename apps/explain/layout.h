#pragma once

#include <cstddef>
#include <string>

#include "apps/explain/explained_window.h"

namespace espalier {

/// What text and page say in the same words.

inline constexpr std::size_t text_width = 80;

/// Five significant digits.
std::string number(double value);

/// "  3  2015-12-19": a row of the window, from 1, with its time.
std::string row_head(const ExplainedWindow& window, std::size_t t);

/// How many values of a node are listed at most.
inline constexpr std::size_t most_listed = 400;

double loss_value(const ExplainedWindow& window);

/// What one output adds to the loss, scaled.
struct LossTerm {
  /// forecast - truth
  double difference = 0;
  /// Its magnitude or square: the loss is the mean of these.
  double value = 0;
};
LossTerm loss_term(const ExplainedWindow& window, std::size_t output);
/// "absolute" or "squared".
std::string loss_term_name(const ExplainedWindow& window);

/// "It is in forecasts.csv", "It was trained on", …
std::string part_in_words(const ExplainedWindow& window);
/// "mse, the mean of (forecast - truth)²,": its value is to follow.
std::string loss_in_words(const ExplainedWindow& window);
/// How far float is from double.
std::string precision_in_words(const ExplainedWindow& window);
/// That forecasts.csv has what random passes gave.
std::string samples_in_words(const ExplainedWindow& window);
/// What "next h" is, a line for each state that regularizers replace; empty: none.
std::string replaced_states_in_words(const ExplainedWindow& window);
/// How the comparison is made.
std::string comparison_in_words(const ExplainedWindow& window);

}  // namespace espalier
