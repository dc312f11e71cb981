#include "apps/explain/layout.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace espalier {

std::string number(double value) {
  return fmt::format("{:.5g}", value);
}

std::string row_head(const ExplainedWindow& window, std::size_t t) {
  return fmt::format("{:>4}  {}", t + 1, window.input_times[t]);
}

double loss_value(const ExplainedWindow& window) {
  return window.inside.nodes[window.inside.loss].values[0];
}

LossTerm loss_term(const ExplainedWindow& window, std::size_t output) {
  const double difference = window.forecast.scaled[output] - window.truth.scaled[output];
  return {difference, window.loss == "mae" ? std::abs(difference) : difference * difference};
}

std::string loss_term_name(const ExplainedWindow& window) {
  return window.loss == "mae" ? "absolute" : "squared";
}

std::string part_in_words(const ExplainedWindow& window) {
  using Record = ExplainedWindow::Record;
  if (window.part == "scored") {
    return window.record == Record::forecast         ? "It is in forecasts.csv"
           : window.record == Record::other_forecast ? "forecasts.csv has ANOTHER FORECAST of it"
                                                     : "It was scored, but forecasts.csv LACKS it";
  }
  if (window.part == "training") return "It was trained on";
  if (window.part == "validation") return "It is of validation";
  return "It is in no part: a cut runs through it";
}

std::string loss_in_words(const ExplainedWindow& window) {
  return window.loss == "mae" ? "mae, the mean of |forecast - truth|,"
                              : "mse, the mean of (forecast - truth)²,";
}

std::string precision_in_words(const ExplainedWindow& window) {
  double most = 0;
  for (std::size_t i = 0; i < window.float_forecast.size(); ++i) {
    most = std::max(most, std::abs(window.float_forecast[i] - window.forecast.own[i]));
  }
  return fmt::format(
      "All is computed in double; forecasts in float, as the run's, differ by {:.1e}.", most);
}

std::string samples_in_words(const ExplainedWindow& window) {
  return fmt::format(
      "A value of the run's forecasts.csv is {}; here is\nthe one without randomness.",
      window.samples > 1 ? fmt::format("the mean of {} random passes", window.samples)
                         : "that of one random pass");
}

std::string replaced_states_in_words(const ExplainedWindow& window) {
  const auto occurs = [&](const char* name) {
    return std::ranges::any_of(window.inside.recurrent_layers, [&](const auto& steps) {
      return std::ranges::any_of(
          steps, [&](const auto& step) { return find_gate(window, step, name) != nullptr; });
    });
  };
  std::string text;
  for (const auto& [name, state] : {std::pair("next h", "h"), std::pair("next c", "c")}) {
    if (!occurs(name)) continue;
    text +=
        fmt::format("{}: what a regularizer makes of {} for the step that follows.\n", name, state);
  }
  return text;
}

std::string comparison_in_words(const ExplainedWindow& window) {
  const bool some = window.inside.compared() < window.inside.derivatives();
  return fmt::format(
      "From the loss back to the inputs. Of each node: the norm of its gradient, and at\n"
      "its steepest element what backward says beside the central difference. The worst\n"
      "error is that of {} (--all compares all).",
      some ? "the elements compared, it and some others" : "all its elements");
}

}  // namespace espalier
