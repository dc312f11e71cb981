#include "apps/report/chart_parts.h"

#include <array>
#include <cstdlib>

#include <fmt/format.h>

namespace espalier {

using nlohmann::ordered_json;

namespace {

constexpr std::array<const char*, 3> point_styles = {"circle", "triangle", "rectRot"};

}  // namespace

std::string arm_colour(std::size_t arm) {
  return fmt::format("--arm-{}", arm % arm_colours);
}

double rounded(double value) {
  return std::strtod(fmt::format("{:.5g}", value).c_str(), nullptr);
}

ordered_json line_dataset(std::string_view label, std::string_view group, std::string_view colour,
                          ordered_json data) {
  return {{"label", label},
          {"group", group},
          {"data", std::move(data)},
          {"borderColor", colour},
          {"backgroundColor", colour},
          {"borderWidth", 1.8},
          {"pointRadius", 0},
          {"pointHitRadius", 8}};
}

ordered_json arm_dataset(const Comparison& comparison, std::size_t arm, ordered_json data) {
  ordered_json dataset =
      line_dataset(comparison.arms[arm], comparison.arms[arm], arm_colour(arm), std::move(data));
  dataset["pointStyle"] = point_styles[arm / arm_colours % point_styles.size()];
  if (arm >= arm_colours) {
    dataset["pointRadius"] = 3;
    dataset["legendStyle"] = dataset["pointStyle"];
  }
  return dataset;
}

ordered_json line_chart(ordered_json labels, ordered_json datasets, std::string_view x_title,
                        std::string_view y_title) {
  const auto title = [](std::string_view text) {
    return ordered_json{{"display", !text.empty()}, {"text", text}};
  };
  return {
      {"type", "line"},
      {"data", {{"labels", std::move(labels)}, {"datasets", std::move(datasets)}}},
      {"options",
       {{"interaction", {{"mode", "index"}, {"intersect", false}}},
        {"scales",
         {{"x",
           {{"title", title(x_title)},
            {"ticks", {{"maxRotation", 0}, {"autoSkipPadding", 16}}},
            {"grid", {{"display", false}}}}},
          {"y",
           {{"title", title(y_title)},
            {"ticks", {{"maxTicksLimit", 7}, {"format", {{"maximumSignificantDigits", 4}}}}}}}}}}}};
}

}  // namespace espalier
