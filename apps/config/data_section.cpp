#include <utility>

#include "apps/config/sections.h"
#include "apps/config/spec_parts.h"

namespace espalier {

namespace {

using Texts = std::vector<std::string>;
using Numbers = std::vector<double>;

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
  SettingSpec rows = count_setting("rows", std::monostate(),
                                   "Use the first so many rows only; null: all of them.");
  rows.maximum = 1e9;
  return {
      required_text("path", "CSV file, relative to the current directory or to the config file."),
      texts_setting(
          "time", std::monostate(),
          "Column of the time, or two that are joined (date and time of day); null: rows are in "
          "order."),
      required_texts("target", "Column to forecast, or a list of them."),
      texts_setting("features", std::monostate(),
                    "Input columns; null: every numeric column, under author without the targets."),
      optional_text("series",
                    "Column that says which series a row is of (long files such as "
                    "unique_id,ds,y); null: the file holds one series."),
      flag_setting("melt", false,
                   "Take every target column for a series of its own, for one model of all."),
      texts_setting("known_future", Texts{},
                    "Features whose values are known for the rows to forecast, such as holidays; "
                    "seen ahead by the horizon."),
      one_of(calendar_names(),
             texts_setting("calendar", Texts{},
                           "Features made of the time: sine and cosine of what has passed of the "
                           "day, the week, …; seen ahead as well.")),
      count_setting("window", std::int64_t{30}, "Rows of input per forecast."),
      count_setting("horizon", std::int64_t{1},
                    "Rows forecast at once, counted from the window's end."),
      split_setting(),
      one_of({"standard", "none"},
             text_setting("scale", std::string("standard"),
                          "Scaling of the columns: to mean 0 and standard deviation 1, or none.")),
      one_of({"error", "ffill", "interpolate", "drop"},
             text_setting(
                 "missing", std::string("error"),
                 "What becomes of a missing value: an error, the last known value, a straight "
                 "line between its neighbours, or its row is dropped.")),
      one_of({"note", "error", "fill"},
             text_setting("gaps", std::string("note"),
                          "What becomes of times that leave out steps: a note, an error, or rows "
                          "without values are inserted.")),
      texts_setting("missing_markers", Texts{"", "NA", "N/A", "NaN", "nan", "null"},
                    "Cell texts that mean a missing value."),
      optional_text("delimiter", "The one character between cells; null: detected."),
      one_of({".", ","}, optional_text("decimal", "Decimal mark of numbers; null: detected.")),
      one_of(
          {"YMD", "MDY", "DMY"},
          optional_text(
              "date_order",
              "Order of year, month and day, beside YYYY-MM-DD, which is always read; null: detected.")),
      count_setting("season", std::monostate(),
                    "Rows in one season, for the seasonal naive baseline; null: no such baseline."),
      std::move(rows),
  };
}

}  // namespace

std::vector<std::string> calendar_names() {
  return {"hour_of_day", "day_of_week", "day_of_month", "day_of_year", "month_of_year"};
}

std::span<const SettingSpec> data_settings() {
  static const std::vector<SettingSpec> specs = make_data_settings();
  return specs;
}

DataConfig data_from_settings(const Settings& settings) {
  return {.path = settings.text("path"),
          .time = texts_or_null(settings, "time").value_or(Texts{}),
          .targets = settings.texts("target"),
          .features = texts_or_null(settings, "features"),
          .series = text_or_null(settings, "series"),
          .melt = settings.boolean("melt"),
          .known_future = settings.texts("known_future"),
          .calendar = settings.texts("calendar"),
          .window = settings.integer("window"),
          .horizon = settings.integer("horizon"),
          .split = settings.numbers("split"),
          .scale = settings.text("scale"),
          .missing = settings.text("missing"),
          .gaps = settings.text("gaps"),
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
  settings.set("series", value_or_null(data.series));
  settings.set("melt", data.melt);
  settings.set("known_future", data.known_future);
  settings.set("calendar", data.calendar);
  settings.set("window", data.window);
  settings.set("horizon", data.horizon);
  settings.set("split", data.split);
  settings.set("scale", data.scale);
  settings.set("missing", data.missing);
  settings.set("gaps", data.gaps);
  settings.set("missing_markers", data.missing_markers);
  settings.set("delimiter", value_or_null(data.delimiter));
  settings.set("decimal", value_or_null(data.decimal));
  settings.set("date_order", value_or_null(data.date_order));
  settings.set("season", value_or_null(data.season));
  settings.set("rows", value_or_null(data.rows));
  return settings;
}

}  // namespace espalier
