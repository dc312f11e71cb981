#include "apps/config/sections.h"

#include <utility>

#include "core/error.h"

namespace espalier {

namespace {

using Texts = std::vector<std::string>;
using Numbers = std::vector<double>;

constexpr std::int64_t million = 1'000'000;

SettingSpec text(std::string name, SettingValue default_value, std::string help) {
  return {.name = std::move(name),
          .type = SettingType::text,
          .default_value = std::move(default_value),
          .help = std::move(help)};
}

SettingSpec optional_text(std::string name, std::string help) {
  SettingSpec spec = text(std::move(name), std::monostate(), std::move(help));
  spec.nullable = true;
  return spec;
}

SettingSpec required_text(std::string name, std::string help) {
  SettingSpec spec = text(std::move(name), std::string(), std::move(help));
  spec.required = true;
  return spec;
}

SettingSpec one_of(Texts choices, SettingSpec spec) {
  spec.choices = std::move(choices);
  return spec;
}

SettingSpec texts(std::string name, SettingValue default_value, std::string help) {
  const bool nullable = std::holds_alternative<std::monostate>(default_value);
  return {.name = std::move(name),
          .type = SettingType::texts,
          .default_value = std::move(default_value),
          .help = std::move(help),
          .nullable = nullable};
}

SettingSpec required_texts(std::string name, std::string help) {
  SettingSpec spec = texts(std::move(name), Texts(), std::move(help));
  spec.required = true;
  return spec;
}

SettingSpec count(std::string name, SettingValue default_value, std::string help) {
  const bool nullable = std::holds_alternative<std::monostate>(default_value);
  return {.name = std::move(name),
          .type = SettingType::integer,
          .default_value = std::move(default_value),
          .help = std::move(help),
          .minimum = 1,
          .maximum = static_cast<double>(million),
          .nullable = nullable};
}

SettingSpec flag(std::string name, bool default_value, std::string help) {
  return {.name = std::move(name),
          .type = SettingType::boolean,
          .default_value = default_value,
          .help = std::move(help)};
}

std::vector<SettingSpec> make_run_settings() {
  return {
      text("name", std::monostate(), "Names the run; by default the config file's stem."),
      {.name = "seed",
       .type = SettingType::integer,
       .default_value = std::int64_t{42},
       .help = "Key of every random stream of the run.",
       .minimum = 0},
      one_of({"honest", "author"},
             text("protocol", std::string("honest"),
                  "Rules of the run: the repaired method (honest) or the published scripts of "
                  "arXiv 2508.09330, quirks included (author).")),
  };
}

SettingSpec split_setting() {
  return {.name = "split",
          .type = SettingType::numbers,
          .default_value = Numbers{0.7, 0.1, 0.2},
          .help =
              "Chronological shares that sum to 1: train, validation, test; under author train "
              "and the validation that is also scored.",
          .minimum = 0,
          .maximum = 1,
          .minimum_exclusive = true,
          .author_default = SettingValue(Numbers{0.8, 0.2})};
}

std::vector<SettingSpec> make_data_settings() {
  SettingSpec rows =
      count("rows", std::monostate(), "Use the first so many rows only; null: all of them.");
  rows.maximum = 1e9;
  return {
      required_text("path", "CSV file, relative to the current directory or to the config file."),
      texts("time", std::monostate(),
            "Column of the time, or two that are joined (date and time of day); null: rows are in "
            "order."),
      required_texts("target", "Column to forecast, or a list of them."),
      texts("features", std::monostate(),
            "Input columns; null: every numeric column, under author without the targets."),
      count("window", std::int64_t{30}, "Rows of input per forecast."),
      count("horizon", std::int64_t{1}, "Rows forecast at once, counted from the window's end."),
      split_setting(),
      one_of({"standard", "none"},
             text("scale", std::string("standard"),
                  "Scaling of the columns: to mean 0 and standard deviation 1, or none.")),
      one_of({"error", "ffill", "interpolate", "drop"},
             text("missing", std::string("error"),
                  "What becomes of a missing value: an error, the last known value, a straight "
                  "line between its neighbours, or its row is dropped.")),
      texts("missing_markers", Texts{"", "NA", "N/A", "NaN", "nan", "null"},
            "Cell texts that mean a missing value."),
      optional_text("delimiter", "The one character between cells; null: detected."),
      one_of({".", ","}, optional_text("decimal", "Decimal mark of numbers; null: detected.")),
      one_of({"YMD", "MDY", "DMY"},
             optional_text("date_order", "Order of year, month and day; null: detected.")),
      count("season", std::monostate(),
            "Rows in one season, for the seasonal naive baseline; null: no such baseline."),
      std::move(rows),
  };
}

std::vector<SettingSpec> make_train_settings() {
  SettingSpec patience = count("patience", std::int64_t{3},
                               "Epochs without improvement before stopping; null: never early.");
  patience.nullable = true;
  SettingSpec restore_best =
      flag("restore_best", true,
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
      count("epochs", std::int64_t{20}, "Passes over the training windows, at most."),
      count("batch", std::int64_t{64}, "Windows per optimizer step; the last may have fewer."),
      std::move(patience),
      flag("shuffle", true, "Draw the training windows in a new order every epoch."),
      one_of(
          {"mse", "mae", quantile_loss},
          text("loss", std::string("mse"),
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

std::optional<std::string> text_or_null(const Settings& settings, std::string_view name) {
  if (settings.is_null(name)) return std::nullopt;
  return settings.text(name);
}

std::optional<std::int64_t> integer_or_null(const Settings& settings, std::string_view name) {
  if (settings.is_null(name)) return std::nullopt;
  return settings.integer(name);
}

std::optional<double> number_or_null(const Settings& settings, std::string_view name) {
  if (settings.is_null(name)) return std::nullopt;
  return settings.number(name);
}

Numbers quantiles_or_default(const Settings& settings) {
  if (!settings.is_null("quantiles")) return settings.numbers("quantiles");
  return settings.text("loss") == quantile_loss ? Numbers{0.1, 0.5, 0.9} : Numbers();
}

std::optional<Texts> texts_or_null(const Settings& settings, std::string_view name) {
  if (settings.is_null(name)) return std::nullopt;
  return settings.texts(name);
}

template <typename T>
SettingValue value_or_null(const std::optional<T>& value) {
  return value ? SettingValue(*value) : SettingValue(std::monostate());
}

}  // namespace

std::span<const SettingSpec> run_settings() {
  static const std::vector<SettingSpec> specs = make_run_settings();
  return specs;
}

std::span<const SettingSpec> data_settings() {
  static const std::vector<SettingSpec> specs = make_data_settings();
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

DataConfig data_from_settings(const Settings& settings) {
  return {.path = settings.text("path"),
          .time = texts_or_null(settings, "time").value_or(Texts{}),
          .targets = settings.texts("target"),
          .features = texts_or_null(settings, "features"),
          .window = settings.integer("window"),
          .horizon = settings.integer("horizon"),
          .split = settings.numbers("split"),
          .scale = settings.text("scale"),
          .missing = settings.text("missing"),
          .missing_markers = settings.texts("missing_markers"),
          .delimiter = text_or_null(settings, "delimiter"),
          .decimal = text_or_null(settings, "decimal"),
          .date_order = text_or_null(settings, "date_order"),
          .season = integer_or_null(settings, "season"),
          .rows = integer_or_null(settings, "rows")};
}

Settings settings_from_data(const DataConfig& data) {
  Settings settings;
  settings.set("path", data.path);
  settings.set("time", data.time.empty() ? SettingValue() : SettingValue(data.time));
  settings.set("target", data.targets.size() == 1 ? SettingValue(data.targets.front())
                                                  : SettingValue(data.targets));
  settings.set("features", value_or_null(data.features));
  settings.set("window", data.window);
  settings.set("horizon", data.horizon);
  settings.set("split", data.split);
  settings.set("scale", data.scale);
  settings.set("missing", data.missing);
  settings.set("missing_markers", data.missing_markers);
  settings.set("delimiter", value_or_null(data.delimiter));
  settings.set("decimal", value_or_null(data.decimal));
  settings.set("date_order", value_or_null(data.date_order));
  settings.set("season", value_or_null(data.season));
  settings.set("rows", value_or_null(data.rows));
  return settings;
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
