#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/text.h"
#include "apps/data/cell_text.h"
#include "apps/data/missing.h"
#include "apps/prediction/cell_value.h"
#include "apps/prediction/row_format.h"
#include "core/error.h"

namespace espalier {

namespace {

using nlohmann::json;

class JsonRowFormat final : public RowFormat {
 public:
  explicit JsonRowFormat(const DataConfig& config)
      : config_(config), markers_(config.missing_markers, '.') {}

  bool read(std::string_view line, RowText& row) override {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return false;
    const json object = object_on(line);
    row.time.clear();
    for (const std::string& name : config_.time) {
      const json& value = at(object, name);
      if (!value.is_string()) {
        throw Error(fmt::format("{} is {}, expected a text with a date", in_quotes(name),
                                value.type_name()));
      }
      if (!row.time.empty()) row.time += ' ';
      row.time += trimmed(value.get_ref<const std::string&>());
    }
    row.values.clear();
    for (const std::string& name : *config_.features) {
      row.values.push_back(number(at(object, name), name));
    }
    return true;
  }

 private:
  static json object_on(std::string_view line) {
    std::vector<std::string> keys;
    const auto watch = [&keys](int depth, json::parse_event_t event, json& parsed) {
      if (event != json::parse_event_t::key || depth != 1) return true;
      const auto& key = parsed.get_ref<const std::string&>();
      if (std::ranges::find(keys, key) != keys.end()) {
        throw Error(fmt::format("has the key {} twice", in_quotes(key)));
      }
      keys.push_back(key);
      return true;
    };
    try {
      json object = json::parse(line, watch);
      if (object.is_object()) return object;
    } catch (const json::parse_error& error) {
      const bool is_nan = line.find("NaN") != std::string_view::npos;
      throw Error(fmt::format("is no JSON object (character {}){}", error.byte,
                              is_nan ? "; a missing value is written null, not NaN" : ""));
    } catch (const json::out_of_range&) {
      throw Error("holds a number that no double can hold");
    }
    throw Error("is no JSON object");
  }

  static const json& at(const json& object, const std::string& name) {
    const auto found = object.find(name);
    if (found != object.end()) return *found;
    throw Error(fmt::format("has no key {}; write null for a missing value", in_quotes(name)));
  }

  double number(const json& value, const std::string& name) const {
    if (value.is_null()) return cell_value("", name, '.', markers_);
    if (value.is_string()) {
      return cell_value(value.get_ref<const std::string&>(), name, '.', markers_);
    }
    // As a text, so that markers such as -200 are seen.
    if (value.is_number()) return cell_value(value.dump(), name, '.', markers_);
    throw Error(fmt::format("{} is {}, expected a number", in_quotes(name), value.type_name()));
  }

  DataConfig config_;
  MissingMarkers markers_;
};

}  // namespace

std::unique_ptr<RowFormat> make_json_rows(const DataConfig& config) {
  return std::make_unique<JsonRowFormat>(config);
}

}  // namespace espalier
