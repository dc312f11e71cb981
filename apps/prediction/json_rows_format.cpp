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
    const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) throw Error("is no JSON object");
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
