#include <cstdint>
#include <utility>

#include "apps/f64/gradcheck/network_case.h"
#include "core/forward.h"
#include "models/registry.h"

namespace espalier {

namespace {

constexpr std::int64_t batch = 3;

ForecastShape small_shape(const std::vector<double>& quantiles) {
  return {.window = 5,
          .features = 3,
          .horizon = 2,
          .targets = 2,
          .own_past = {2, 0},
          .quantiles = quantiles};
}

/// Defaults, but so small that every parameter can be moved.
Settings small_settings(const ComponentInfo& info, std::int64_t layers) {
  Settings settings = Settings::defaults(info.settings, Protocol::honest);
  const std::pair<const char*, std::int64_t> sizes[]{
      {"hidden", 5}, {"layers", layers}, {"embed", 4},  {"heads", 2},
      {"patch", 3},  {"stride", 2},      {"kernel", 3}, {"feed_forward", 5}};
  for (const auto& [name, size] : sizes) {
    if (settings.values().contains(name)) settings.set(name, size);
  }
  return settings;
}

void add_case(std::vector<GradientCase>& all, const ModelEntry& entry, const std::string& form,
              const Settings& settings, const std::vector<double>& quantiles = {}) {
  if (entry.info.check && !entry.info.check(settings, Protocol::honest).empty()) return;
  const ForecastShape shape = small_shape(quantiles);
  const std::shared_ptr<Model> model = entry.make(settings, shape);
  if (model->parameters().count() == 0) return;  // nothing to train
  randomise(model->parameters());
  all.push_back({.kind = "model",
                 .name = entry.info.name,
                 .form = form,
                 .inputs = {network_input({shape.window, shape.features, batch})},
                 .parameters = std::shared_ptr<Parameters>(model, &model->parameters()),
                 .compute = [model](Tape& tape, std::span<const Var> inputs) {
                   const Regularizers none;
                   Forward pass(tape, none, Forward::Purpose::training, 0);
                   return model->forward(pass, inputs[0]);
                 }});
}

/// What else a setting that chooses between ways can be.
std::vector<SettingValue> other_choices(const SettingSpec& spec) {
  std::vector<SettingValue> others;
  if (spec.type == SettingType::boolean) {
    others.emplace_back(!std::get<bool>(spec.default_value));
  }
  for (const std::string& choice : spec.choices) {
    if (SettingValue(choice) != spec.default_value) others.emplace_back(choice);
  }
  return others;
}

std::string form_of(const SettingSpec& spec, const SettingValue& value) {
  const bool* flag = std::get_if<bool>(&value);
  if (flag != nullptr) return spec.name + (*flag ? " on" : " off");
  return spec.name + " " + std::get<std::string>(value);
}

}  // namespace

std::vector<GradientCase> model_cases() {
  std::vector<GradientCase> all;
  for (const ModelEntry& entry : model_registry()) {
    add_case(all, entry, "", small_settings(entry.info, 2));
    add_case(all, entry, "quantiles", small_settings(entry.info, 1), {0.1, 0.5, 0.8});
    for (const SettingSpec& spec : entry.info.settings) {
      for (const SettingValue& value : other_choices(spec)) {
        Settings changed = small_settings(entry.info, 1);
        changed.set(spec.name, value);
        add_case(all, entry, form_of(spec, value), changed);
      }
    }
  }
  return all;
}

}  // namespace espalier
