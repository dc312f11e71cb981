#include "apps/config/check_config.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/check_component.h"
#include "apps/config/check_quantiles.h"
#include "apps/config/check_series.h"
#include "apps/config/check_settings.h"
#include "apps/config/json_text.h"
#include "apps/config/sections.h"
#include "apps/config/text.h"

namespace espalier {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class ConfigCheck {
 public:
  ConfigCheck(const json& root, const Catalogue& catalogue, const ConfigOrigin& origin,
              Diagnostics& diagnostics)
      : root_(root), catalogue_(catalogue), origin_(origin), diagnostics_(diagnostics) {}

  Config check() {
    Config config;
    if (is_comparison()) return config;
    check_run(config);
    check_data(config);
    config.model = required_component("model", {"model", catalogue_.models});
    const auto optimizer = root_.find("optimizer");
    config.optimizer = check_component(
        optimizer == root_.end() ? json::object() : *optimizer, "/optimizer",
        {"optimizer", catalogue_.optimizers, default_optimizer}, protocol_, diagnostics_);
    config.lr_schedules =
        component_list("lr_schedules", {"learning-rate schedule", catalogue_.lr_schedules});
    config.regularizers = component_list("regularizers", {"regularizer", catalogue_.regularizers});
    check_train(config);
    if (protocol_) check_quantiles(config, root_, catalogue_, diagnostics_);
    return config;
  }

 private:
  /// True, told once, where the config is a comparison's: nothing else is then judged.
  bool is_comparison() {
    std::vector<std::string> found;
    for (const char* key : {"arms", "grid", "trials", "reference", "question"}) {
      if (root_.contains(key)) found.emplace_back(key);
    }
    if (found.empty()) return false;
    diagnostics_.at_key(pointer_to("", found.front()),
                        fmt::format("\"{}\" belong{} to a comparison, and this is read as a run: "
                                    "give the config to espalier compare",
                                    join(found, "\", \""), found.size() == 1 ? "s" : ""));
    return true;
  }

  void check_run(Config& config) {
    const std::vector<std::string> sections{"data",         "model", "optimizer", "lr_schedules",
                                            "regularizers", "train", "$schema"};
    const Settings run =
        check_settings(root_, "", run_settings(), Protocol::honest, sections, diagnostics_);
    check_schema_key();
    check_name(run);
    config.name = run.is_null("name") ? origin_.default_name : run.text("name");
    config.seed = static_cast<std::uint64_t>(run.integer("seed"));
    config.protocol = protocol_named(run.text("protocol"));
    const auto protocol = root_.find("protocol");
    const bool known = protocol == root_.end() || *protocol == run.text("protocol");
    if (known) protocol_ = config.protocol;
  }

  void check_schema_key() {
    const auto schema = root_.find("$schema");
    if (schema == root_.end() || schema->is_string()) return;
    diagnostics_.at_value("/$schema", fmt::format("expected a text, found {}", describe(*schema)));
  }

  /// The name becomes part of a path.
  void check_name(const Settings& run) {
    if (run.is_null("name")) return;
    const std::string& name = run.text("name");
    const bool special = name.empty() || name == "." || name == "..";
    const bool control =
        std::any_of(name.begin(), name.end(), [](char c) { return c >= 0 && c < 0x20; });
    if (!special && !control && name.find('/') == std::string::npos) return;
    diagnostics_.at_value("/name",
                          fmt::format("{} cannot name a run: expected a text without '/' and "
                                      "control characters, other than \"\", \".\" and \"..\"",
                                      in_quotes(name)));
  }

  /// The section's settings, defaults only where it is missing or no object.
  Settings section(const std::string& name, std::span<const SettingSpec> specs) {
    const std::string pointer = pointer_to("", name);
    const auto given = root_.find(name);
    const Protocol protocol = protocol_.value_or(Protocol::honest);
    if (given == root_.end() || !check_is_object(*given, pointer, diagnostics_)) {
      return Settings::defaults(specs, protocol);
    }
    return check_settings(*given, pointer, specs, protocol, {}, diagnostics_);
  }

  void require(const std::string& key, const std::string& expected) {
    if (root_.contains(key)) return;
    diagnostics_.missing("", key, "required, but missing: expected " + expected);
  }

  void check_data(Config& config) {
    require("data", "an object with \"path\" and \"target\"");
    config.data = data_from_settings(section("data", data_settings()));
    DataConfig& data = config.data;
    check_targets();
    if (const std::string* path = given_text("/data/path")) {
      data.path = find_file("/data/path", *path);
    }
    if (data.time.size() > most_time_columns) {
      diagnostics_.at_value("/data/time", fmt::format("expected one column or two, found {}",
                                                      describe(root_["data"]["time"])));
    }
    if (data.features && data.features->empty()) {
      diagnostics_.at_value("/data/features",
                            "expected at least one column, or null for every numeric one; found "
                            "an empty list");
    }
    check_split(data.split);
    check_delimiter(data);
    check_series(data, diagnostics_);
  }

  void check_split(const std::vector<double>& split) {
    if (!protocol_) return;
    if (split.size() != split_size(*protocol_)) {
      diagnostics_.at_value(
          "/data/split",
          fmt::format("expected {} under protocol \"{}\", found {}",
                      *protocol_ == Protocol::author ? "2 shares (train, scored validation)"
                                                     : "3 shares (train, validation, test)",
                      protocol_name(*protocol_), describe(split)));
      return;
    }
    const double sum = std::accumulate(split.begin(), split.end(), 0.0);
    if (std::abs(sum - 1) <= 1e-9) return;
    diagnostics_.at_value("/data/split", fmt::format("the shares sum to {:.10g}: expected 1", sum));
  }

  void check_delimiter(const DataConfig& data) {
    if (!data.delimiter) return;
    const std::string& delimiter = *data.delimiter;
    const bool fits = delimiter.size() == 1 && delimiter[0] != '"' && delimiter[0] != '\n' &&
                      delimiter[0] != '\r' && delimiter[0] != '\0' && delimiter[0] >= 0;
    if (!fits) {
      diagnostics_.at_value("/data/delimiter",
                            fmt::format("expected one ASCII character such as \",\", \";\", \"|\" "
                                        "or \"\\t\", found the text {}",
                                        in_quotes(delimiter)));
    } else if (data.decimal == data.delimiter) {
      diagnostics_.at_value("/data/decimal",
                            fmt::format("{} is the delimiter too: a number would fall apart; "
                                        "give another \"decimal\" or \"delimiter\"",
                                        in_quotes(delimiter)));
    }
  }

  void check_train(Config& config) {
    config.train = train_from_settings(section("train", train_settings()));
    if (const std::string* path = given_text("/train/init_from")) {
      config.train.init_from = find_file("/train/init_from", *path);
    }
  }

  ComponentConfig required_component(const std::string& key, const ComponentKind& kind) {
    require(key, "an object with \"type\"");
    if (!root_.contains(key)) return {};
    return check_component(root_[key], pointer_to("", key), kind, protocol_, diagnostics_);
  }

  std::vector<ComponentConfig> component_list(const std::string& key, const ComponentKind& kind) {
    const auto given = root_.find(key);
    if (given == root_.end()) return {};
    const std::string pointer = pointer_to("", key);
    if (!given->is_array()) {
      diagnostics_.at_value(pointer,
                            fmt::format("expected a list of objects, found {}", describe(*given)));
      return {};
    }
    std::vector<ComponentConfig> components;
    for (std::size_t i = 0; i < given->size(); ++i) {
      components.push_back(
          check_component((*given)[i], pointer_to(pointer, i), kind, protocol_, diagnostics_));
    }
    return components;
  }

  /// The text that the config itself gives at `pointer`, if it does.
  const std::string* given_text(const std::string& pointer) const {
    const json::json_pointer path(pointer);
    return root_.contains(path) ? root_[path].get_ptr<const std::string*>() : nullptr;
  }

  void check_not_empty(const std::string& pointer) {
    const std::string* text = given_text(pointer);
    if (text != nullptr && text->empty()) {
      diagnostics_.at_value(pointer, "expected a text that is not empty");
    }
  }

  void check_targets() {
    const json::json_pointer place("/data/target");
    const json given = root_.contains(place) ? root_[place] : json();
    check_not_empty("/data/target");
    if (!given.is_array()) return;
    if (given.empty()) {
      diagnostics_.at_value("/data/target", "expected at least one column, found an empty list");
    }
    for (std::size_t i = 0; i < given.size(); ++i) {
      const std::string entry = pointer_to("/data/target", i);
      check_not_empty(entry);
      const auto first = std::find(given.begin(), given.end(), given[i]) - given.begin();
      if (given[i].is_string() && static_cast<std::size_t>(first) != i) {
        diagnostics_.at_value(entry, fmt::format("{} is listed twice: list each column once",
                                                 in_quotes(given[i].get<std::string>())));
      }
    }
  }

  /// Where the file is that a config calls `given`; `given` itself after telling why it is none.
  std::string find_file(const char* pointer, const std::string& given) {
    if (given.empty() || given.find('\0') != std::string::npos) {
      diagnostics_.at_value(pointer, fmt::format("{} is no path to a file", in_quotes(given)));
      return given;
    }
    std::error_code ignored;
    fs::path path = given;
    if (!fs::exists(path, ignored)) path = origin_.directory / given;
    if (!fs::exists(path, ignored)) {
      const std::string elsewhere =
          path == given ? "" : fmt::format(", nor {}", in_quotes(path.string()));
      diagnostics_.at_value(pointer,
                            fmt::format("no such file: {}{}", in_quotes(given), elsewhere));
    } else if (!fs::is_regular_file(path, ignored)) {
      diagnostics_.at_value(
          pointer, fmt::format("{} is {}: expected a regular file", in_quotes(path.string()),
                               fs::is_directory(path, ignored) ? "a directory" : "a special file"));
    } else if (!std::ifstream(path)) {
      diagnostics_.at_value(
          pointer, fmt::format("{} cannot be read: no permission?", in_quotes(path.string())));
    }
    return path.string();
  }

  const json& root_;
  const Catalogue& catalogue_;
  const ConfigOrigin& origin_;
  Diagnostics& diagnostics_;
  /// Nothing where the config's is wrong: what depends on it is then not judged.
  std::optional<Protocol> protocol_;
};

}  // namespace

Config check_config(const json& root, const Catalogue& catalogue, const ConfigOrigin& origin,
                    Diagnostics& diagnostics) {
  return ConfigCheck(root, catalogue, origin, diagnostics).check();
}

}  // namespace espalier
