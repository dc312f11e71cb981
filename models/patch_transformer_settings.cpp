#include <algorithm>
#include <memory>

#include "core/error.h"
#include "models/patch_transformer.h"

namespace espalier {

namespace {

SettingSpec count(const char* name, std::int64_t value, double maximum, const char* help) {
  return {.name = name,
          .type = SettingType::integer,
          .default_value = value,
          .help = help,
          .minimum = 1,
          .maximum = maximum};
}

SettingSpec optional_rows(const char* name, const char* help) {
  return {.name = name,
          .type = SettingType::integer,
          .default_value = std::monostate{},
          .help = help,
          .minimum = 1,
          .maximum = 1e6,
          .nullable = true};
}

SettingSpec choice(const char* name, const char* value, std::vector<std::string> choices,
                   const char* help) {
  return {.name = name,
          .type = SettingType::text,
          .default_value = std::string(value),
          .help = help,
          .choices = std::move(choices)};
}

SettingSpec flag(const char* name, bool value, const char* help) {
  return {.name = name, .type = SettingType::boolean, .default_value = value, .help = help};
}

std::vector<SettingSpec> settings(const char* patch_help, const char* stride_help) {
  return {
      count("embed", 64, 4096, "Size of a token."),
      count("heads", 4, 256, "Attention heads; they share the embed features equally."),
      count("layers", 2, 64, "Transformer layers on top of each other."),
      count("feed_forward", 256, 65536, "Units inside each feed-forward block."),
      optional_rows("patch", patch_help),
      optional_rows("stride", stride_help),
      choice("padding", "fill", {"fill", "stride"},
             "The last row is repeated until the patches use every row (fill), or always by "
             "another stride of rows (stride)."),
      flag("channel_independent", false,
           "Forecast each target from its own past alone, with weights shared by all targets."),
      flag("revin", false,
           "Shift and scale each window to mean 0 and variance 1, and its forecasts back."),
      flag("revin_affine", false, "With \"revin\": a learned gain and bias per channel."),
      choice("norm", "post", {"post", "pre"},
             "Normalise sums after a branch joins (post), or what enters a branch (pre)."),
      flag("final_norm", true, "Normalise once more after the last layer."),
      choice("activation", "relu", {"relu", "gelu"}, "Nonlinearity of the feed-forward blocks."),
      choice("positions", "normal", {"normal", "uniform"},
             "Learned positions begin as N(0, 1) or as U(-0.02, 0.02)."),
      choice("pooling", "mean", {"mean", "flatten"},
             "The output layer reads the mean over patches or all of them."),
  };
}

/// The same with PatchTST's choices for them (Nie et al., arXiv 2211.14730, section 4 and its
/// published scripts, which have batch normalisation where there is layer normalisation here).
std::vector<SettingSpec> patchtst_settings() {
  std::vector<SettingSpec> specs =
      settings("Rows of a patch; null: 16, or a shorter window's length.",
               "Rows from the start of a patch to the next; null: half of 16 or of a shorter "
               "window, or as \"patch\" where that is given.");
  const auto set = [&specs](const char* name, SettingValue value) {
    std::ranges::find(specs, name, &SettingSpec::name)->default_value = std::move(value);
  };
  set("embed", std::int64_t{128});
  set("heads", std::int64_t{16});
  set("layers", std::int64_t{3});
  set("padding", std::string("stride"));
  set("channel_independent", true);
  set("revin", true);
  set("final_norm", false);
  set("activation", std::string("gelu"));
  set("positions", std::string("uniform"));
  set("pooling", std::string("flatten"));
  return specs;
}

std::string check(const Settings& settings, Protocol) {
  const std::int64_t embed = settings.integer("embed");
  const std::int64_t heads = settings.integer("heads");
  if (embed % heads != 0) {
    return "embed is " + std::to_string(embed) + ", expected a multiple of heads, " +
           std::to_string(heads);
  }
  if (settings.boolean("revin_affine") && !settings.boolean("revin")) {
    return "revin_affine belongs to revin: set \"revin\" to true or leave revin_affine out";
  }
  return "";
}

/// Rows of a patch, and from one to the next, where the settings leave them open.
struct PatchDefaults {
  std::int64_t patch;
  std::int64_t stride;
};

/// As in the scripts of arXiv 2508.09330.
PatchDefaults defaults_by_window(std::int64_t window) {
  const std::int64_t patch = window <= 7 ? 1 : window <= 14 ? 2 : window <= 30 ? 3 : 4;
  return {patch, patch};
}

/// PatchTST's 16 and 8, or what a shorter window has room for.
PatchDefaults patchtst_defaults(std::int64_t window) {
  const std::int64_t patch = std::min<std::int64_t>(16, window);
  return {patch, (patch + 1) / 2};
}

void check_patches(const std::string& name, std::int64_t patch, std::int64_t stride,
                   std::int64_t window) {
  if (patch > window) {
    throw Error("[" + name + "] patch is " + std::to_string(patch) + " rows, but a window has " +
                std::to_string(window) + ": shorten the patch or lengthen the window");
  }
  if (stride > patch) {
    throw Error("[" + name + "] stride is " + std::to_string(stride) + " rows, but a patch has " +
                std::to_string(patch) +
                ": rows between patches would be ignored; lower stride to the patch or less");
  }
}

std::vector<PatchTransformer::Options::Width> widths_of(const LayerSizes& sizes,
                                                        std::int64_t layers) {
  std::vector<PatchTransformer::Options::Width> widths;
  for (std::size_t k = 0; k < static_cast<std::size_t>(layers); ++k) {
    widths.push_back({.heads = required_sizes(sizes, "heads", layers)[k],
                      .feed_forward = required_sizes(sizes, "feed_forward", layers)[k]});
  }
  return widths;
}

std::unique_ptr<Model> make(const std::string& name, const Settings& settings,
                            const ForecastShape& shape, const PatchDefaults& defaults,
                            const LayerSizes& sizes = {}) {
  using Padding = PatchTransformer::Padding;
  using Pooling = PatchTransformer::Pooling;
  const auto is = [&settings](const char* setting, const char* value) {
    return settings.text(setting) == value;
  };
  const bool open = settings.is_null("patch");
  const std::int64_t patch = open ? defaults.patch : settings.integer("patch");
  const std::int64_t stride = !settings.is_null("stride") ? settings.integer("stride")
                              : open                      ? defaults.stride
                                                          : patch;
  check_patches(name, patch, stride, shape.window);
  std::vector<PatchTransformer::Options::Width> widths;
  if (!sizes.empty()) widths = widths_of(sizes, settings.integer("layers"));
  return std::make_unique<PatchTransformer>(
      shape,
      PatchTransformer::Options{
          .name = name,
          .layer = {.embed = settings.integer("embed"),
                    .heads = settings.integer("heads"),
                    .feed_forward = settings.integer("feed_forward"),
                    .nonlinearity =
                        is("activation", "gelu") ? Nonlinearity::gelu : Nonlinearity::relu,
                    .norm_order = is("norm", "pre") ? NormOrder::pre : NormOrder::post},
          .layers = settings.integer("layers"),
          .widths = std::move(widths),
          .patch = patch,
          .stride = stride,
          .padding = is("padding", "stride") ? Padding::stride : Padding::fill,
          .positions = is("positions", "uniform") ? PositionInit::uniform : PositionInit::normal,
          .pooling = is("pooling", "flatten") ? Pooling::flatten : Pooling::mean,
          .final_norm = settings.boolean("final_norm"),
          .channel_independent = settings.boolean("channel_independent"),
          .revin = settings.boolean("revin"),
          .revin_affine = settings.boolean("revin_affine")});
}

}  // namespace

ModelEntry patch_transformer_entry() {
  return {{.name = "patch_transformer",
           .summary = "A transformer over patches of the window (by default as arXiv 2508.09330).",
           .settings =
               settings("Rows of a patch; null: 1 for windows up to 7 rows, 2 up to 14, 3 up to "
                        "30, else 4.",
                        "Rows from the start of a patch to the next; null: as \"patch\"."),
           .check = check},
          [](const Settings& given, const ForecastShape& shape) {
            return make("patch_transformer", given, shape, defaults_by_window(shape.window));
          },
          [](const Settings& given, const ForecastShape& shape, const LayerSizes& sizes) {
            return make("patch_transformer", given, shape, defaults_by_window(shape.window), sizes);
          }};
}

ModelEntry patchtst_entry() {
  return {{.name = "patchtst",
           .summary = "The same with PatchTST's choices (arXiv 2211.14730): each channel by "
                      "itself, overlapping patches, instance normalisation.",
           .settings = patchtst_settings(),
           .check = check},
          [](const Settings& given, const ForecastShape& shape) {
            return make("patchtst", given, shape, patchtst_defaults(shape.window));
          },
          [](const Settings& given, const ForecastShape& shape, const LayerSizes& sizes) {
            return make("patchtst", given, shape, patchtst_defaults(shape.window), sizes);
          }};
}

}  // namespace espalier
