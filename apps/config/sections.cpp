#include "apps/config/sections.h"

#include <utility>

#include "apps/config/spec_parts.h"
#include "core/error.h"

namespace espalier {

namespace {

std::vector<SettingSpec> make_run_settings() {
  return {
      text_setting("name", std::monostate(), "Names the run; by default the config file's stem."),
      {.name = "seed",
       .type = SettingType::integer,
       .default_value = std::int64_t{42},
       .help = "Key of every random stream of the run.",
       .minimum = 0},
      one_of(
          {"honest", "author"},
          text_setting("protocol", std::string("honest"),
                       "Rules of the run: the repaired method (honest) or the published scripts of "
                       "arXiv 2508.09330, quirks included (author).")),
  };
}

std::vector<SettingSpec> make_train_settings() {
  SettingSpec patience =
      count_setting("patience", std::int64_t{3},
                    "Epochs without improvement before stopping; null: never early.");
  patience.nullable = true;
  SettingSpec restore_best = flag_setting(
      "restore_best", true,
      "Score the weights of the best validation epoch (true) or of the last epoch (false).");
  restore_best.author_default = SettingValue(false);
  SettingSpec skip_pruned_from{
      .name = "skip_pruned_from",
      .type = SettingType::number,
      .default_value = 0.6,
      .help =
          "Share of pruned weights from which a layer's products skip them, which is faster and "
          "rounds differently; null: never.",
      .minimum = 0,
      .maximum = 1,
      .nullable = true};
  return {
      count_setting("epochs", std::int64_t{20}, "Passes over the training windows, at most."),
      count_setting("batch", std::int64_t{64},
                    "Windows per optimizer step; the last may have fewer."),
      std::move(patience),
      flag_setting("shuffle", true, "Draw the training windows in a new order every epoch."),
      one_of(
          {"mse", "mae", quantile_loss},
          text_setting(
              "loss", std::string("mse"),
              "Training loss: mean squared or absolute error, or the pinball loss of quantiles.")),
      {.name = "quantiles",
       .type = SettingType::numbers,
       .default_value = std::monostate(),
       .help = "Levels to forecast under the loss \"quantile\"; null: 0.1, 0.5 and 0.9.",
       .minimum = 0,
       .maximum = 1,
       .nullable = true},
      std::move(restore_best),
      std::move(skip_pruned_from),
      optional_text("init_from",
                    "Safetensors file with the initial weights; null: drawn from the seed."),
  };
}

std::vector<double> quantiles_or_default(const Settings& settings) {
  if (!settings.is_null("quantiles")) return settings.numbers("quantiles");
  return settings.text("loss") == quantile_loss ? std::vector<double>{0.1, 0.5, 0.9}
                                                : std::vector<double>();
}

}  // namespace

std::span<const SettingSpec> run_settings() {
  static const std::vector<SettingSpec> specs = make_run_settings();
  return specs;
}

std::span<const SettingSpec> train_settings() {
  static const std::vector<SettingSpec> specs = make_train_settings();
  return specs;
}

const char* protocol_name(Protocol protocol) {
  return protocol == Protocol::author ? "author" : "honest";
}

Protocol protocol_named(const std::string& name) {
  for (const Protocol protocol : {Protocol::honest, Protocol::author}) {
    if (name == protocol_name(protocol)) return protocol;
  }
  throw Error("[config] protocol \"" + name + "\": expected \"honest\" or \"author\"");
}

TrainConfig train_from_settings(const Settings& settings) {
  return {.epochs = settings.integer("epochs"),
          .batch = settings.integer("batch"),
          .patience = integer_or_null(settings, "patience"),
          .shuffle = settings.boolean("shuffle"),
          .loss = settings.text("loss"),
          .quantiles = quantiles_or_default(settings),
          .restore_best = settings.boolean("restore_best"),
          .skip_pruned_from = number_or_null(settings, "skip_pruned_from"),
          .init_from = text_or_null(settings, "init_from")};
}

Settings settings_from_train(const TrainConfig& train) {
  Settings settings;
  settings.set("epochs", train.epochs);
  settings.set("batch", train.batch);
  settings.set("patience", value_or_null(train.patience));
  settings.set("shuffle", train.shuffle);
  settings.set("loss", train.loss);
  settings.set("quantiles",
               train.quantiles.empty() ? SettingValue() : SettingValue(train.quantiles));
  settings.set("restore_best", train.restore_best);
  settings.set("skip_pruned_from", value_or_null(train.skip_pruned_from));
  settings.set("init_from", value_or_null(train.init_from));
  return settings;
}

}  // namespace espalier
