#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/comparison/baseline_scores.h"
#include "apps/report/chart_parts.h"
#include "apps/report/charts.h"

namespace espalier {

using nlohmann::ordered_json;

namespace {

/// A baseline that makes the axis longer than this many times what the arms take is hidden at
/// first.
constexpr double most_stretch = 3;
/// Arms are taken to spread over at least this share of their error.
constexpr double least_spread = 0.1;

/// Blocks that differ in their window alone, by window.
struct WindowGroup {
  std::string label;
  std::vector<std::size_t> blocks;
};

std::string group_label(const Block& block) {
  std::string label = block.dataset + ", " + block.model;
  for (const std::string& other : block.others) label += ", " + other;
  return label;
}

std::vector<WindowGroup> window_groups(const Comparison& comparison) {
  std::vector<WindowGroup> groups;
  const auto belongs = [&](const WindowGroup& group, const Block& block) {
    const Block& first = comparison.blocks[group.blocks.front()];
    return first.dataset == block.dataset && first.model == block.model &&
           first.others == block.others;
  };
  for (std::size_t b = 0; b < comparison.blocks.size(); ++b) {
    const Block& block = comparison.blocks[b];
    const auto group =
        std::ranges::find_if(groups, [&](const WindowGroup& one) { return belongs(one, block); });
    if (group == groups.end()) {
      groups.push_back({group_label(block), {b}});
    } else {
      group->blocks.push_back(b);
    }
  }
  for (WindowGroup& group : groups) {
    std::ranges::stable_sort(group.blocks, {},
                             [&](std::size_t b) { return comparison.blocks[b].window; });
  }
  return groups;
}

/// Everything the charts of one group draw from.
struct Source {
  const Comparison& comparison;
  const ComparisonResults& results;
  const Analysis& analysis;
  const WindowGroup& group;

  const std::optional<Summary>& mae(std::size_t block, std::size_t arm) const {
    return analysis.cells[block * comparison.arms.size() + arm].mae;
  }

  std::optional<double> baseline(std::size_t block, const std::string& name) const {
    return baseline_score(results.references[block], name, "mae");
  }

  std::vector<std::string> baselines() const {
    std::vector<BlockReference> references;
    for (const std::size_t block : group.blocks) references.push_back(results.references[block]);
    return baseline_names(references);
  }

  std::string y_title() const {
    const BlockReference& reference = results.references[group.blocks.front()];
    return reference.several_targets ? "MAE, standard deviations" : "MAE, " + reference.target;
  }
};

/// null where there's no value: a gap in the line.
ordered_json value_or_gap(const std::optional<double>& value) {
  return value ? ordered_json(rounded(*value)) : ordered_json(nullptr);
}

std::optional<double> mean_of(const std::optional<Summary>& summary) {
  return summary ? std::optional(summary->mean) : std::nullopt;
}

/// An end of the interval; of a single trial, its value.
std::optional<double> end_of(const std::optional<Summary>& summary,
                             double ConfidenceInterval::*end) {
  if (!summary) return std::nullopt;
  return summary->interval ? *summary->interval.*end : summary->mean;
}

/// One value per block of the group.
template <typename ValueOf>
ordered_json along_windows(const WindowGroup& group, ValueOf value_of) {
  ordered_json data = ordered_json::array();
  for (const std::size_t block : group.blocks) data.push_back(value_or_gap(value_of(block)));
  return data;
}

ordered_json baseline_dataset(const std::string& name, std::size_t index, ordered_json data) {
  static const std::vector<std::vector<int>> dashes = {{7, 4}, {2, 3}, {9, 3, 2, 3}};
  ordered_json dataset = line_dataset(name, "baseline " + name, "--baseline", std::move(data));
  dataset["borderDash"] = dashes[index % dashes.size()];
  dataset["borderWidth"] = 1.5;
  return dataset;
}

/// Two lines without width and the area between them.
void push_band(ordered_json& datasets, const Source& source, std::size_t arm) {
  for (const auto end : {&ConfidenceInterval::lower, &ConfidenceInterval::upper}) {
    ordered_json edge = line_dataset("", source.comparison.arms[arm], arm_colour(arm) + " 2e",
                                     along_windows(source.group, [&](std::size_t block) {
                                       return end_of(source.mae(block, arm), end);
                                     }));
    edge["borderWidth"] = 0;
    edge["pointHitRadius"] = 0;
    edge["companion"] = true;
    if (end == &ConfidenceInterval::upper) edge["fill"] = "-1";
    datasets.push_back(std::move(edge));
  }
}

/// Smallest and largest of some values.
struct Span {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -std::numeric_limits<double>::infinity();

  void include(const std::optional<double>& value) {
    if (!value) return;
    lowest = std::min(lowest, *value);
    highest = std::max(highest, *value);
  }
  double length() const { return highest - lowest; }
};

/// What the arms' intervals take of the axis.
Span span_of_arms(const Source& source) {
  Span span;
  for (const std::size_t block : source.group.blocks) {
    for (std::size_t arm = 0; arm < source.comparison.arms.size(); ++arm) {
      span.include(end_of(source.mae(block, arm), &ConfidenceInterval::lower));
      span.include(end_of(source.mae(block, arm), &ConfidenceInterval::upper));
    }
  }
  return span;
}

/// Whether a baseline lies so far above the arms that they would look alike beside it. One that
/// beats an arm never does.
bool squeezes(const Source& source, const std::string& name) {
  const Span arms = span_of_arms(source);
  Span baseline;
  for (const std::size_t block : source.group.blocks) {
    baseline.include(source.baseline(block, name));
  }
  return baseline.lowest > arms.highest &&
         baseline.highest - arms.lowest >
             most_stretch * std::max(arms.length(), least_spread * arms.highest);
}

ordered_json chart_over_windows(const Source& source) {
  ordered_json labels = ordered_json::array();
  for (const std::size_t block : source.group.blocks) {
    labels.push_back(std::to_string(source.comparison.blocks[block].window));
  }
  // Chart.js draws the first on top: bands come last.
  ordered_json datasets = ordered_json::array();
  const std::size_t arms = source.comparison.arms.size();
  for (std::size_t arm = 0; arm < arms; ++arm) {
    datasets.push_back(
        arm_dataset(source.comparison, arm, along_windows(source.group, [&](std::size_t block) {
                      return mean_of(source.mae(block, arm));
                    })));
    datasets.back()["pointRadius"] = 4;
  }
  const std::vector<std::string> baselines = source.baselines();
  for (std::size_t i = 0; i < baselines.size(); ++i) {
    datasets.push_back(
        baseline_dataset(baselines[i], i, along_windows(source.group, [&](std::size_t block) {
                           return source.baseline(block, baselines[i]);
                         })));
    if (squeezes(source, baselines[i])) datasets.back()["hidden"] = true;
  }
  for (std::size_t arm = 0; arm < arms; ++arm) push_band(datasets, source, arm);
  return line_chart(std::move(labels), std::move(datasets), "window, rows", source.y_title());
}

/// A point at one category and nothing at the others.
ordered_json lone_point(std::string_view label, std::string_view colour, std::size_t categories,
                        std::size_t place, const std::optional<double>& value) {
  ordered_json data = ordered_json::array();
  for (std::size_t i = 0; i < categories; ++i) {
    data.push_back(i == place ? value_or_gap(value) : ordered_json(nullptr));
  }
  ordered_json dataset = line_dataset(label, label, colour, std::move(data));
  dataset["pointRadius"] = 6;
  dataset["companion"] = true;
  return dataset;
}

/// The 95 % interval as a thin bar behind the point.
ordered_json interval_bar(const Source& source, std::size_t block, std::size_t arm,
                          std::size_t categories) {
  ordered_json dataset = lone_point("", arm_colour(arm) + " 66", categories, arm, std::nullopt);
  dataset["type"] = "bar";
  dataset["barThickness"] = 6;
  dataset["grouped"] = false;
  const std::optional<Summary>& mae = source.mae(block, arm);
  if (mae) {
    dataset["data"][arm] = {rounded(*end_of(mae, &ConfidenceInterval::lower)),
                            rounded(*end_of(mae, &ConfidenceInterval::upper))};
  }
  return dataset;
}

/// For a single window: arms and baselines, one below the other.
ordered_json chart_of_one_window(const Source& source) {
  const std::size_t block = source.group.blocks.front();
  std::vector<std::string> baselines = source.baselines();
  std::erase_if(baselines, [&](const std::string& name) { return squeezes(source, name); });
  ordered_json labels(source.comparison.arms);
  for (const std::string& name : baselines) labels.push_back(name);
  ordered_json datasets = ordered_json::array();
  const std::size_t arms = source.comparison.arms.size();
  for (std::size_t arm = 0; arm < arms; ++arm) {
    datasets.push_back(lone_point(source.comparison.arms[arm], arm_colour(arm), labels.size(), arm,
                                  mean_of(source.mae(block, arm))));
  }
  for (std::size_t i = 0; i < baselines.size(); ++i) {
    datasets.push_back(lone_point(baselines[i], "--baseline", labels.size(), arms + i,
                                  source.baseline(block, baselines[i])));
  }
  for (std::size_t arm = 0; arm < arms; ++arm) {
    datasets.push_back(interval_bar(source, block, arm, labels.size()));
  }
  ordered_json chart = line_chart(std::move(labels), std::move(datasets), "", source.y_title());
  ordered_json& options = chart["options"];
  options["indexAxis"] = "y";
  options["interaction"]["axis"] = "y";
  std::swap(options["scales"]["x"], options["scales"]["y"]);
  options["scales"]["y"]["offset"] = true;
  options["scales"]["y"]["ticks"] = {{"autoSkip", false}};
  options["scales"]["x"]["beginAtZero"] = false;
  options["plugins"]["legend"]["display"] = false;
  return chart;
}

}  // namespace

ordered_json window_charts(const Comparison& comparison, const ComparisonResults& results,
                           const Analysis& analysis) {
  ordered_json choices = ordered_json::array();
  for (const WindowGroup& group : window_groups(comparison)) {
    const Source source{comparison, results, analysis, group};
    ordered_json chart =
        group.blocks.size() == 1 ? chart_of_one_window(source) : chart_over_windows(source);
    choices.push_back({{"label", group.label}, {"charts", {{"error", std::move(chart)}}}});
  }
  return choices;
}

}  // namespace espalier
