#include "apps/comparison/grid.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <tuple>

#include <fmt/format.h>

#include "apps/config/json_text.h"
#include "apps/config/nearest.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

using nlohmann::json;

constexpr const char* grid_pointer = "/grid";

/// What a grid can't vary, and what does instead.
std::string refusal(const std::string& path) {
  const std::string section = path.substr(0, path.find('.'));
  if (section == "regularizers") return "what regularizes is compared by \"arms\"";
  if (section == "seed") return "trials differ in their seed already: see \"trials\"";
  if (section == "protocol") return "one comparison has one protocol: make it two";
  if (path.find("..") != std::string::npos || path.ends_with('.')) {
    return "expected a key between the dots, found nothing";
  }
  const std::set<std::string> varied{"data", "model", "optimizer", "lr_schedules", "train"};
  if (varied.contains(section)) return "";
  return "expected a place in \"data\", \"model\", \"optimizer\", \"lr_schedules\" or \"train\", "
         "for example \"data.window\"";
}

/// The label of a list's entry; empty where it has none of its own.
std::string own_label(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object()) return value.dump();
  const auto text = [&value](const char* key) {
    const auto found = value.find(key);
    return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string type = text("type");
  return type.empty() ? std::filesystem::path(text("path")).stem().string() : type;
}

class GridReader {
 public:
  explicit GridReader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Axis axis(const std::string& path, const json& values) {
    const std::string pointer = pointer_to(grid_pointer, path);
    if (const std::string why = refusal(path); !why.empty()) {
      diagnostics_.at_key(pointer, fmt::format("{} can't be varied: {}", in_quotes(path), why));
    }
    Axis axis{.path = path, .values = {}};
    if (values.is_array()) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        axis.values.push_back({own_label(values[i]), values[i], pointer_to(pointer, i)});
      }
    } else if (values.is_object()) {
      for (const std::string& label : keys_in_order(values, pointer, diagnostics_.map())) {
        axis.values.push_back({label, values[label], pointer_to(pointer, label)});
      }
    } else {
      diagnostics_.at_value(pointer, fmt::format("expected a list of values, or an object of label "
                                                 "→ value, found {}",
                                                 describe(values)));
      return axis;
    }
    if (axis.values.empty()) diagnostics_.at_value(pointer, "expected at least one value");
    check_labels(axis);
    return axis;
  }

 private:
  void check_labels(const Axis& axis) {
    std::set<std::string> labels;
    for (const AxisValue& value : axis.values) {
      const AxisValue& first = *std::ranges::find(axis.values, value.value, &AxisValue::value);
      if (value.label.empty()) {
        diagnostics_.at_value(
            value.pointer,
            "this value has no \"type\" or \"path\" to call it by: give an object "
            "of label → value instead of the list");
      } else if (!labels.insert(value.label).second) {
        diagnostics_.at_value(
            value.pointer, fmt::format("{} is listed twice: give an object of label → value with "
                                       "different labels, or drop one",
                                       in_quotes(value.label)));
      } else if (&first != &value) {
        // The tests would count its blocks twice.
        diagnostics_.at_value(value.pointer,
                              fmt::format("{} is the same value as {}: drop one",
                                          in_quotes(value.label), in_quotes(first.label)));
      }
    }
  }

  Diagnostics& diagnostics_;
};

std::vector<std::string> split_at(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// Walks to the place that an axis sets, making objects on the way.
class GridTarget {
 public:
  explicit GridTarget(json& root) : value_(&root) {}

  /// Goes one step down; false where that leads nowhere.
  bool descend(const std::string& step) {
    const bool is_index = !step.empty() && step.find_first_not_of("0123456789") == step.npos;
    if (value_->is_object() || (value_->is_null() && !is_index)) {
      value_ = &(*value_)[step];
    } else if (value_->is_array() && is_index && step.size() < 9 &&
               std::stoul(step) < value_->size()) {
      value_ = &(*value_)[std::stoul(step)];
    } else {
      // A section that is no object is told where the section is.
      const bool section = pointer_.rfind('/') == 0 && !value_->is_array() && !value_->is_null();
      lost_ = true;
      if (!section) {
        problem_ = fmt::format("{} is {}: it holds no {}", on_one_line(pointer_), describe(*value_),
                               in_quotes(step));
      }
      return false;
    }
    pointer_ = pointer_to(pointer_, step);
    return true;
  }

  json& value() { return *value_; }
  const std::string& pointer() const { return pointer_; }
  bool lost() const { return lost_; }
  /// Why; empty where something else tells it.
  const std::string& problem() const { return problem_; }

 private:
  json* value_;
  std::string pointer_;
  std::string problem_;
  bool lost_ = false;
};

/// Objects are merged key by key; anything else, null too, replaces what is there.
void merge(json& target, const json& source) {
  if (!source.is_object()) {
    target = source;
    return;
  }
  if (!target.is_object()) target = json::object();
  for (const auto& [key, value] : source.items()) merge(target[key], value);
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

void check_labels_known(const std::string& part, const std::vector<std::string>& wanted,
                        const std::vector<std::string>& known) {
  for (const std::string& label : wanted) {
    if (contains(known, label)) continue;
    throw UsageError(fmt::format("--only {}: {} isn't in the config (known: {}){}",
                                 on_one_line(part), in_quotes(label), join(known, ", "),
                                 suggestion(label, known)));
  }
}

}  // namespace

std::vector<std::string> keys_in_order(const json& object, const std::string& pointer,
                                       const SourceMap& map) {
  std::vector<std::tuple<bool, Position, std::string>> keys;
  for (const auto& [key, value] : object.items()) {
    const std::optional<Position> place = map.key(pointer_to(pointer, key));
    keys.emplace_back(!place.has_value(), place.value_or(Position{}), key);
  }
  std::ranges::sort(keys);
  std::vector<std::string> names;
  for (const auto& [added, place, key] : keys) names.push_back(key);
  return names;
}

std::vector<Axis> read_grid(const json& root, Diagnostics& diagnostics) {
  const auto grid = root.find("grid");
  if (grid == root.end()) return {};
  if (!grid->is_object()) {
    diagnostics.at_value(grid_pointer,
                         fmt::format("expected an object such as {{\"data.window\": [7, 30]}}, "
                                     "found {}",
                                     describe(*grid)));
    return {};
  }
  GridReader reader(diagnostics);
  std::vector<Axis> axes;
  for (const std::string& path : keys_in_order(*grid, grid_pointer, diagnostics.map())) {
    axes.push_back(reader.axis(path, (*grid)[path]));
  }
  return axes;
}

void keep_only(const std::string& part, std::vector<Axis>& axes, std::vector<std::string>& arms) {
  const std::size_t equals = part.find('=');
  const std::string path = part.substr(0, equals);
  const std::vector<std::string> wanted = equals == std::string::npos
                                              ? std::vector<std::string>{}
                                              : split_at(part.substr(equals + 1), ',');
  std::vector<std::string> paths{"arms"};
  for (const Axis& axis : axes) paths.push_back(axis.path);
  const auto found = std::ranges::find(paths, path);
  if (found == paths.end() || wanted.empty()) {
    throw UsageError(fmt::format("--only {}: expected AXIS=LABEL,…, AXIS being one of {}{}",
                                 on_one_line(part), join(paths, ", "), suggestion(path, paths)));
  }
  if (found == paths.begin()) {
    check_labels_known(part, wanted, arms);
    std::erase_if(arms, [&](const std::string& arm) { return !contains(wanted, arm); });
    return;
  }
  std::vector<AxisValue>& values = axes[static_cast<std::size_t>(found - paths.begin()) - 1].values;
  std::vector<std::string> labels;
  for (const AxisValue& value : values) labels.push_back(value.label);
  check_labels_known(part, wanted, labels);
  std::erase_if(values, [&](const AxisValue& value) { return !contains(wanted, value.label); });
}

void apply_choice(json& config, const std::vector<Axis>& axes,
                  const std::vector<std::size_t>& choice, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const AxisValue& chosen = axes[i].values[choice[i]];
    const std::string axis = pointer_to(grid_pointer, axes[i].path);
    // The change is made on a copy: a path that leads nowhere leaves nothing behind.
    json changed = config;
    GridTarget target(changed);
    for (const std::string& step : split_at(axes[i].path, '.')) {
      if (!target.descend(step)) break;
    }
    if (target.lost()) {
      if (!target.problem().empty()) diagnostics.at_key(axis, target.problem());
      continue;
    }
    merge(target.value(), chosen.value);
    config = std::move(changed);
    diagnostics.taken_from(target.pointer(), chosen.pointer, axis);
  }
}

}  // namespace espalier
