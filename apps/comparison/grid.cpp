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
      }
    }
  }

  Diagnostics& diagnostics_;
};

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
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
                                              : split_at_commas(part.substr(equals + 1));
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
    json* place = &config;
    std::string pointer;
    std::string_view rest = axes[i].path;
    while (true) {
      const std::size_t dot = rest.find('.');
      const std::string key(rest.substr(0, dot));
      pointer = pointer_to(pointer, key);
      if (!place->is_null() && !place->is_object()) *place = json::object();
      place = &(*place)[key];
      if (dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
    }
    if (chosen.value.is_object()) {
      place->merge_patch(chosen.value);
    } else {
      *place = chosen.value;
    }
    diagnostics.taken_from(pointer, chosen.pointer);
  }
}

}  // namespace espalier
