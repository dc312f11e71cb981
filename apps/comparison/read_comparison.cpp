#include "apps/comparison/read_comparison.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/comparison/check_blocks.h"
#include "apps/comparison/grid.h"
#include "apps/config/check_settings.h"
#include "apps/config/config_source.h"
#include "apps/config/json_text.h"
#include "apps/config/nearest.h"
#include "apps/config/sections.h"

namespace espalier {

namespace {

using nlohmann::json;

constexpr const char* arms_pointer = "/arms";
constexpr std::size_t most_trials = 1'000'000;

/// Without ASCII signs that a shell or a file system minds.
std::string fit_for_path(const std::string& label) {
  std::string name = label;
  for (char& c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
    if (!plain) c = '_';
  }
  return name;
}

/// As the schema has it, too.
bool is_plain(const std::string& arm) {
  const bool ascii = std::ranges::all_of(arm, [](char c) { return c > 0; });
  return ascii && arm == fit_for_path(arm) && arm != "." && arm != "..";
}

/// The regularizers of one arm for one model, and where they stand.
struct ArmChoice {
  json regularizers;
  std::string pointer;
};

class ComparisonReader {
 public:
  ComparisonReader(ConfigSource source, std::span<const std::string> only,
                   const Catalogue& catalogue)
      : source_(std::move(source)),
        only_(only),
        catalogue_(catalogue),
        diagnostics_(source_.diagnostics) {}

  Comparison read() {
    read_own_settings();
    const std::size_t before = diagnostics_.count();
    axes_ = read_grid(source_.root, diagnostics_);
    read_arms();
    // Blocks can't be made of these; what else is wrong is told along with what is wrong there.
    if (diagnostics_.count() > before) diagnostics_.throw_if_any();
    const std::vector<std::string> all_arms = comparison_.arms;
    for (const std::string& part : only_) keep_only(part, axes_, comparison_.arms);
    read_reference(all_arms);
    // Going through such a grid would take minutes.
    if (!check_size()) diagnostics_.throw_if_any();
    read_blocks();
    diagnostics_.throw_if_any();
    check_blocks(comparison_, catalogue_, diagnostics_);
    diagnostics_.throw_if_any();
    return std::move(comparison_);
  }

 private:
  void read_own_settings() {
    std::vector<std::string> others{"data",  "model", "optimizer", "lr_schedules",
                                    "train", "arms",  "grid",      "$schema"};
    for (const SettingSpec& spec : run_settings()) others.push_back(spec.name);
    json& root = source_.root;
    const bool regularizers = root.erase("regularizers") > 0 && root.contains("arms");
    const Settings settings =
        check_settings(root, "", comparison_settings(), Protocol::honest, others, diagnostics_);
    comparison_.trials = settings.integer("trials");
    comparison_.question = settings.text("question");
    if (!settings.is_null("reference")) reference_ = settings.text("reference");
    if (regularizers) {
      diagnostics_.at_key("/regularizers",
                          "a comparison takes its regularizers from \"arms\": move them there");
    }
    // What is left is a run's, and what is unknown has been told.
    std::erase_if(root.get_ref<json::object_t&>(), [&others](const auto& member) {
      return std::ranges::find(others, member.first) == others.end();
    });
  }

  void read_arms() {
    const auto arms = source_.root.find("arms");
    if (arms == source_.root.end() || !arms->is_object() || arms->empty()) {
      const std::string expected =
          "expected an object such as {\"none\": [], \"other\": [{\"type\": …}]}";
      if (arms == source_.root.end()) {
        diagnostics_.missing(
            "", "arms",
            fmt::format("required, but missing: {}; a single run is given to espalier train",
                        expected));
      } else {
        diagnostics_.at_value(arms_pointer, fmt::format("{}, found {}", expected, describe(*arms)));
      }
      return;
    }
    comparison_.arms = keys_in_order(*arms, arms_pointer, diagnostics_.map());
    for (const std::string& arm : comparison_.arms) {
      const json& value = (*arms)[arm];
      check_arm_name(arm);
      if (value.is_array() || value.is_object()) continue;
      diagnostics_.at_value(pointer_to(arms_pointer, arm),
                            fmt::format("expected a list of regularizers, or an object of model → "
                                        "list, found {}",
                                        describe(value)));
    }
  }

  /// Names become folders.
  void check_arm_name(const std::string& arm) {
    const std::string pointer = pointer_to(arms_pointer, arm);
    if (arm.empty()) {
      diagnostics_.at_key(pointer, "an arm needs a name");
    } else if (!is_plain(arm)) {
      diagnostics_.at_key(pointer,
                          "an arm names a folder: use letters, digits, \".\", \"-\" and \"_\"");
    } else if (arm.size() > longest_name) {
      diagnostics_.at_key(pointer, "this is too long for a folder's name: shorten it");
    }
  }

  /// `all_arms`: before any was left out.
  void read_reference(const std::vector<std::string>& all_arms) {
    if (!reference_) return;
    const auto found = std::ranges::find(comparison_.arms, *reference_);
    const bool left_out = std::ranges::find(all_arms, *reference_) != all_arms.end();
    if (found == comparison_.arms.end() && left_out) {
      diagnostics_.at_value(
          "/reference",
          fmt::format("{} is left out by --only: keep it, or name another by -o reference={}",
                      in_quotes(*reference_), comparison_.arms.front()));
    } else if (found == comparison_.arms.end()) {
      diagnostics_.at_value(
          "/reference",
          fmt::format("{} is no arm (arms: {}){}", in_quotes(*reference_),
                      join(comparison_.arms, ", "), suggestion(*reference_, comparison_.arms)));
    }
    comparison_.reference = static_cast<std::size_t>(found - comparison_.arms.begin());
  }

  bool check_size() {
    std::size_t trials = comparison_.arms.size() * static_cast<std::size_t>(comparison_.trials);
    for (const Axis& axis : axes_) {
      trials *= axis.values.size();
      if (trials <= most_trials) continue;
      diagnostics_.at_value("/grid",
                            fmt::format("this makes more than {} trials: shorten its lists, "
                                        "or make several comparisons of it",
                                        most_trials));
      return false;
    }
    return true;
  }

  /// Goes through the grid, its last axis fastest.
  void read_blocks() {
    std::vector<std::size_t> choice(axes_.size(), 0);
    for (bool more = true; more;) {
      read_block(choice);
      more = false;
      for (std::size_t i = axes_.size(); i > 0 && !more; --i) {
        more = ++choice[i - 1] < axes_[i - 1].values.size();
        if (!more) choice[i - 1] = 0;
      }
    }
  }

  void read_block(const std::vector<std::size_t>& choice) {
    Diagnostics diagnostics = source_.diagnostics;
    json cell = source_.root;
    for (const char* key : {"grid", "arms"}) cell.erase(key);
    apply_choice(cell, axes_, choice, diagnostics);
    const std::string model = label_of("model", choice).value_or(type_of_model(cell));
    std::optional<Config> first;
    for (const std::string& arm : comparison_.arms) {
      Diagnostics of_arm = diagnostics;
      const ArmChoice chosen = arm_for(arm, model, of_arm);
      json run = cell;
      run["regularizers"] = chosen.regularizers;
      of_arm.taken_from("/regularizers", chosen.pointer);
      Config config = check_config(run, catalogue_, source_.origin, of_arm);
      diagnostics_.absorb(of_arm);
      if (!first) first = config;
      comparison_.configs.push_back(std::move(config));
    }
    if (diagnostics_.count() > 0) return;
    comparison_.name = first->name;
    comparison_.seed = first->seed;
    comparison_.protocol = first->protocol;
    comparison_.blocks.push_back(labelled_block(*first, choice));
  }

  /// Empty where it is no model's: that is told elsewhere.
  std::string type_of_model(const json& cell) const {
    const auto model = cell.find("model");
    if (model == cell.end() || !model->is_object()) return "";
    const auto type = model->find("type");
    if (type == model->end() || !type->is_string()) return "";
    const auto name = type->get<std::string>();
    const auto& known = catalogue_.models;
    return std::ranges::find(known, name, &ComponentInfo::name) == known.end() ? "" : name;
  }

  ArmChoice arm_for(const std::string& arm, const std::string& model,
                    Diagnostics& diagnostics) const {
    const json& value = source_.root.at("arms").at(arm);
    const std::string pointer = pointer_to(arms_pointer, arm);
    if (!value.is_object()) return {value, pointer};
    if (value.contains(model)) return {value[model], pointer_to(pointer, model)};
    if (!model.empty()) {
      diagnostics.at_value(
          pointer, fmt::format("no regularizers for the model {} (there are some for {}): expected "
                               "a list for each model",
                               in_quotes(model),
                               join(keys_in_order(value, pointer, diagnostics.map()), ", ")));
    }
    return {json::array(), pointer};
  }

  std::optional<std::string> label_of(const std::string& path,
                                      const std::vector<std::size_t>& choice) const {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (axes_[i].path == path) return axes_[i].values[choice[i]].label;
    }
    return std::nullopt;
  }

  /// Files of one name are told apart where the grid labels them.
  std::string dataset_label(const Config& config, const std::vector<std::size_t>& choice) const {
    if (const auto data = label_of("data", choice)) return *data;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      const AxisValue& value = axes_[i].values[choice[i]];
      if (axes_[i].path == "data.path" && value.label != value.value) return value.label;
    }
    return std::filesystem::path(config.data.path).stem().string();
  }

  Block labelled_block(const Config& config, const std::vector<std::size_t>& choice) {
    static const std::set<std::string> own_columns{"data", "data.path", "data.window", "model",
                                                   "model.type"};
    Block block{
        .name = {},
        .dataset = dataset_label(config, choice),
        .model = label_of("model", choice).value_or(config.model.type),
        .window = config.data.window,
    };
    block.name = fmt::format("{}-{}-{}", fit_for_path(block.dataset), fit_for_path(block.model),
                             block.window);
    const bool first = comparison_.blocks.empty();
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (own_columns.contains(axes_[i].path)) continue;
      if (first) comparison_.other_axes.push_back(axes_[i].path);
      const std::string& label = axes_[i].values[choice[i]].label;
      block.others.push_back(label);
      block.name += "-" + fit_for_path(label);
    }
    return block;
  }

  ConfigSource source_;
  std::span<const std::string> only_;
  const Catalogue& catalogue_;
  Diagnostics& diagnostics_;
  std::vector<Axis> axes_;
  std::optional<std::string> reference_;
  Comparison comparison_;
};

}  // namespace

Comparison parse_comparison(const std::string& text, const std::string& file_name,
                            std::span<const std::string> overrides,
                            std::span<const std::string> only, const Catalogue& catalogue) {
  return ComparisonReader(read_source(text, file_name, overrides), only, catalogue).read();
}

}  // namespace espalier
