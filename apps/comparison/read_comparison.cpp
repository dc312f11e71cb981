#include "apps/comparison/read_comparison.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/comparison/grid.h"
#include "apps/config/check_settings.h"
#include "apps/config/config_source.h"
#include "apps/config/json_text.h"
#include "apps/config/nearest.h"

namespace espalier {

namespace {

using nlohmann::json;

constexpr const char* arms_pointer = "/arms";
constexpr std::size_t most_trials = 1'000'000;

/// Letters that no shell and no file system minds.
std::string fit_for_path(const std::string& label) {
  std::string name = label;
  for (char& c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == '_' || c == '-';
    if (!plain) c = '_';
  }
  return name;
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
    axes_ = read_grid(source_.root, diagnostics_);
    read_arms();
    diagnostics_.throw_if_any();
    for (const std::string& part : only_) keep_only(part, axes_, comparison_.arms);
    read_reference();
    check_size();
    diagnostics_.throw_if_any();
    read_blocks();
    diagnostics_.throw_if_any();
    check_names();
    diagnostics_.throw_if_any();
    return std::move(comparison_);
  }

 private:
  void read_own_settings() {
    json own = json::object();
    for (const SettingSpec& spec : comparison_settings()) {
      if (source_.root.contains(spec.name)) own[spec.name] = source_.root[spec.name];
    }
    const Settings settings =
        check_settings(own, "", comparison_settings(), Protocol::honest, {}, diagnostics_);
    comparison_.trials = settings.integer("trials");
    comparison_.question = settings.text("question");
    if (!settings.is_null("reference")) reference_ = settings.text("reference");
    if (source_.root.contains("regularizers")) {
      diagnostics_.at_key("/regularizers",
                          "a comparison takes its regularizers from \"arms\": move them there");
    }
  }

  void read_arms() {
    const auto arms = source_.root.find("arms");
    if (arms == source_.root.end() || !arms->is_object() || arms->empty()) {
      const std::string expected =
          "expected an object such as {\"none\": [], \"mine\": [{\"type\": …}]}";
      if (arms == source_.root.end()) {
        diagnostics_.missing("", "arms", "required, but missing: " + expected);
      } else {
        diagnostics_.at_value(arms_pointer, fmt::format("{}, found {}", expected, describe(*arms)));
      }
      return;
    }
    comparison_.arms = keys_in_order(*arms, arms_pointer, diagnostics_.map());
    for (const std::string& arm : comparison_.arms) {
      const json& value = (*arms)[arm];
      if (arm.empty()) diagnostics_.at_key(pointer_to(arms_pointer, arm), "an arm needs a name");
      if (value.is_array() || value.is_object()) continue;
      diagnostics_.at_value(pointer_to(arms_pointer, arm),
                            fmt::format("expected a list of regularizers, or an object of model → "
                                        "list, found {}",
                                        describe(value)));
    }
  }

  void read_reference() {
    if (!reference_) return;
    const auto found = std::ranges::find(comparison_.arms, *reference_);
    if (found == comparison_.arms.end()) {
      diagnostics_.at_value(
          "/reference",
          fmt::format("{} is no arm (arms: {}){}", in_quotes(*reference_),
                      join(comparison_.arms, ", "), suggestion(*reference_, comparison_.arms)));
    }
    comparison_.reference = static_cast<std::size_t>(found - comparison_.arms.begin());
  }

  void check_size() {
    std::size_t trials = comparison_.arms.size() * static_cast<std::size_t>(comparison_.trials);
    for (const Axis& axis : axes_) {
      trials *= axis.values.size();
      if (trials <= most_trials) continue;
      throw ConfigError(
          {fmt::format("the grid makes more than {} trials: shorten its lists, or "
                       "make several comparisons of it",
                       most_trials)});
    }
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
    for (const SettingSpec& spec : comparison_settings()) cell.erase(spec.name);
    apply_choice(cell, axes_, choice, diagnostics);
    const std::optional<std::string> model = label_of("model", choice);
    std::optional<Config> first;
    for (const std::string& arm : comparison_.arms) {
      const ArmChoice chosen = arm_for(arm, model.value_or(type_of_model(cell)));
      json run = cell;
      run["regularizers"] = chosen.regularizers;
      Diagnostics of_arm = diagnostics;
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

  static std::string type_of_model(const json& cell) {
    const auto model = cell.find("model");
    if (model == cell.end() || !model->is_object()) return "";
    const auto type = model->find("type");
    return type != model->end() && type->is_string() ? type->get<std::string>() : "";
  }

  ArmChoice arm_for(const std::string& arm, const std::string& model) {
    const json& value = source_.root["arms"][arm];
    const std::string pointer = pointer_to(arms_pointer, arm);
    if (!value.is_object()) return {value, pointer};
    if (value.contains(model)) return {value[model], pointer_to(pointer, model)};
    diagnostics_.at_value(
        pointer, fmt::format("no regularizers for the model {}: expected a list for each model",
                             in_quotes(model)));
    return {json::array(), pointer};
  }

  std::optional<std::string> label_of(const std::string& path,
                                      const std::vector<std::size_t>& choice) const {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (axes_[i].path == path) return axes_[i].values[choice[i]].label;
    }
    return std::nullopt;
  }

  Block labelled_block(const Config& config, const std::vector<std::size_t>& choice) {
    static const std::set<std::string> own_columns{"data", "data.path", "data.window", "model",
                                                   "model.type"};
    Block block{
        .name = {},
        .dataset = label_of("data", choice)
                       .value_or(std::filesystem::path(config.data.path).stem().string()),
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

  /// Names become folders.
  void check_names() {
    std::set<std::string> blocks;
    for (const Block& block : comparison_.blocks) {
      if (blocks.insert(block.name).second) continue;
      throw ConfigError(
          {fmt::format("two blocks of the grid are called {}: label the grid's values "
                       "by an object of label → value",
                       in_quotes(block.name))});
    }
    for (const std::string& arm : comparison_.arms) {
      if (arm == fit_for_path(arm) && arm != "." && arm != "..") continue;
      diagnostics_.at_key(pointer_to(arms_pointer, arm),
                          "an arm names a folder: use letters, digits, \".\", \"-\" and \"_\"");
    }
  }

  ConfigSource source_;
  std::span<const std::string> only_;
  const Catalogue& catalogue_;
  Diagnostics& diagnostics_;
  std::vector<Axis> axes_;
  std::optional<std::string> reference_;
  Comparison comparison_;
};

std::vector<SettingSpec> make_comparison_settings() {
  return {
      {.name = "trials",
       .type = SettingType::integer,
       .default_value = std::int64_t{5},
       .help = "Runs of each arm on each block, with the seeds seed, seed + 1, …",
       .minimum = 1,
       .maximum = 10'000},
      {.name = "reference",
       .type = SettingType::text,
       .default_value = std::monostate(),
       .help = "Arm that each other is tested against; null: the first.",
       .nullable = true},
      {.name = "question",
       .type = SettingType::text,
       .default_value = std::string(),
       .help = "What the comparison asks; opens the report."},
  };
}

}  // namespace

std::span<const SettingSpec> comparison_settings() {
  static const std::vector<SettingSpec> specs = make_comparison_settings();
  return specs;
}

Comparison parse_comparison(const std::string& text, const std::string& file_name,
                            std::span<const std::string> overrides,
                            std::span<const std::string> only, const Catalogue& catalogue) {
  return ComparisonReader(read_source(text, file_name, overrides), only, catalogue).read();
}

}  // namespace espalier
