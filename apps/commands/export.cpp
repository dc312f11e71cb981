#include "apps/commands/export.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/bench/measure.h"
#include "apps/cli/arguments.h"
#include "apps/commands/output.h"
#include "apps/commands/output_file.h"
#include "apps/data/cell_text.h"
#include "apps/notice.h"
#include "apps/onnx/onnx_model.h"
#include "apps/run/evaluation_effect.h"
#include "apps/run/exported_model.h"
#include "apps/run/run_directory.h"
#include "apps/usage_error.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/forward.h"
#include "core/random.h"

namespace espalier {

namespace {

struct ExportOptions {
  std::string run;
  std::string output;
  /// "safetensors" or "onnx".
  std::string format = "safetensors";
  /// Keeps units and heads that are dead.
  bool dense = false;
  /// Of measuring, for each figure.
  double seconds = 0.2;
  bool json = false;
};

using Json = nlohmann::ordered_json;

constexpr std::int64_t batch = 64;

/// A model at one stage of the export.
struct Stage {
  LayerSizes sizes;
  std::size_t parameters = 0;
  Timing forecast;
};

/// As the run was trained with.
std::optional<double> skip_pruned_from(const std::string& run) {
  const std::string file = run + "/config.resolved.json";
  try {
    const Json share = Json::parse(read_file(file)).at("train").at("skip_pruned_from");
    return share.is_null() ? std::nullopt : std::optional(share.get<double>());
  } catch (const Json::exception&) {
    throw Error(fmt::format("{} is damaged: it doesn't say what train.skip_pruned_from is", file));
  }
}

/// Products skip what is 0, where the run's would.
void skip_zeros(Parameters& parameters, std::optional<double> share) {
  if (!share) return;
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.kind() != ParameterKind::weight) continue;
    for (std::size_t i = 0; i < parameter.size(); ++i) {
      if (parameter.value().span()[i] == 0) {
        parameters.prune(parameter.offset() + i, /*forget_state=*/false);
      }
    }
  }
  parameters.skip_pruned_from(*share);
}

/// Forward passes of a batch of random windows.
class Forecasts {
 public:
  Forecasts(const Model& model, const ForecastShape& shape) : model_(model), shape_(shape) {
    x_.resize(static_cast<std::size_t>(shape.window * shape.features * batch));
    fill_normal(RandomKey(0), x_);
  }
  void operator()() {
    tape_.reset();
    Forward pass(tape_, regularizers_, Forward::Purpose::evaluation, 0);
    model_.forward(pass, tape_.constant({x_.data(), {shape_.window, shape_.features, batch}}, "x"));
  }

 private:
  const Model& model_;
  const ForecastShape& shape_;
  AlignedVector<real> x_;
  const Regularizers regularizers_;
  Tape tape_{Tape::Mode::inference};
};

std::pair<Stage, Stage> compare(const Model& before, const Model& after, const ForecastShape& shape,
                                double seconds) {
  Forecasts of_before(before, shape);
  Forecasts of_after(after, shape);
  const std::vector<Timing> timings =
      measure({[&] { of_before(); }, [&] { of_after(); }}, seconds, [](int, int) {});
  const auto stage = [](const Model& model, const Timing& timing) {
    return Stage{model.layer_sizes(), model.parameters().count(), timing};
  };
  return {stage(before, timings[0]), stage(after, timings[1])};
}

std::string report(const ExportOptions& options, const Stage& before, const Stage& after) {
  std::string text;
  for (const auto& [name, sizes] : before.sizes) {
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      const std::int64_t left = after.sizes.at(name)[k];
      if (left != sizes[k]) text += fmt::format("layer {} {}: {} → {}\n", k, name, sizes[k], left);
    }
  }
  if (text.empty()) {
    text = options.dense ? "Every unit and head is kept.\n" : "No unit or head is dead.\n";
  }
  return text + fmt::format(
                    "parameters: {} → {}\n"
                    "forecasts of {} windows: {:.1f} → {:.1f} µs, one thread\n"
                    "The model is in {}.\n",
                    before.parameters, after.parameters, batch, before.forecast.median,
                    after.forecast.median, options.output);
}

std::string report_json(const ExportOptions& options, const std::string& type, const Stage& before,
                        const Stage& after) {
  const auto stage = [](const Stage& of) {
    return Json{{"sizes", of.sizes},
                {"parameters", of.parameters},
                {"forecast_us", of.forecast.median},
                {"forecast_us_quartiles", {of.forecast.lower, of.forecast.upper}}};
  };
  const Json json{{"run", options.run}, {"output", options.output}, {"format", options.format},
                  {"model", type},      {"before", stage(before)},  {"after", stage(after)},
                  {"batch", batch}};
  // A path may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Others have to make the windows of such a model.
void tell_leads(const TrainedModel& trained) {
  std::vector<std::string> ahead;
  for (const DescribedColumn& feature : trained.features) {
    if (feature.lead > 0) ahead.push_back(feature.name);
  }
  if (ahead.empty()) return;
  notice(
      "note: {} {} known ahead: in the windows that the file takes, their rows are those {} later\n",
      quoted_list(ahead), ahead.size() == 1 ? "is" : "are",
      counted(static_cast<std::size_t>(trained.shape.horizon), "row"));
}

/// A file holds the network alone.
void warn_of_regularizers(const std::string& run) {
  // What stepping through a sequence instead of running it at one go may round differently.
  constexpr double rounding = 1e-4;
  const double effect = largest_forecast_change(run);
  if (effect < rounding) return;
  notice(
      "note: a regularizer of this run takes part in its forecasts, and the file is without it: on "
      "random windows they differ by up to {:.2g} standard deviations of the target\n",
      effect);
}

void export_model(const ExportOptions& options) {
  TrainedModel trained = load_run_model(options.run);
  const std::string path = output_path("--output", options.output, files_of_run(options.run));
  const std::optional<double> share = skip_pruned_from(options.run);
  std::unique_ptr<Model> full;
  if (auto compacted = options.dense ? nullptr : trained.model->compacted()) {
    full = std::exchange(trained.model, std::move(compacted));
  }
  const Model& before_export = full ? *full : *trained.model;
  if (options.format == "onnx") {
    write_file_atomically(path, to_onnx(trained));
  } else {
    write_exported_model(path, trained, full ? trained.model->layer_sizes() : LayerSizes{});
  }
  if (full) skip_zeros(full->parameters(), share);
  skip_zeros(trained.model->parameters(), share);
  warn_of_regularizers(options.run);
  if (!trained.series.empty()) {
    notice(
        "note: each of the {} series has scales of its own, which the file holds as text only: it "
        "takes and makes targets scaled by them (\"series\" in {}/model/config.json)\n",
        trained.series.size(), options.run);
  }
  tell_leads(trained);
  const auto [before, after] =
      compare(before_export, *trained.model, trained.shape, options.seconds);
  print_output(options.json ? report_json(options, trained.type, before, after)
                            : report(options, before, after));
}

}  // namespace

void add_export(Command& app) {
  Command* command = app.add_subcommand(
      "export", "Write a run's model to one file, without units and heads that pruning killed");
  auto options = std::make_shared<ExportOptions>();
  add_run(*command, options->run);
  command->add_option("--output", options->output, "File to write")->required()->type_name("FILE");
  command
      ->add_option("--to", options->format,
                   "File format: safetensors (default), which PyTorch can load, or onnx")
      ->type_name("FORMAT")
      ->check(one_of({"safetensors", "onnx"}));
  command->add_flag("--dense", options->dense, "Keep dead units and heads");
  command->add_option("--seconds", options->seconds, "To measure for each time (default: 0.2)")
      ->type_name("S")
      ->check(number(0.001, 3600));
  command->add_flag("--json", options->json, "Print what was saved as one JSON object");
  command->callback([options] { export_model(*options); });
}

}  // namespace espalier
