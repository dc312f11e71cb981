#include "regularizers/pruning/settings.h"

#include <array>
#include <span>
#include <utility>

#include "core/error.h"

namespace espalier {

namespace {

template <typename T>
using Choice = std::pair<const char*, T>;

constexpr std::array<Choice<PruningCriterion>, 4> criteria{{
    {"magnitude", PruningCriterion::magnitude},
    {"gradient", PruningCriterion::gradient},
    {"movement", PruningCriterion::movement},
    {"random", PruningCriterion::random},
}};
constexpr std::array<Choice<PruningScope>, 2> scopes{{
    {"global", PruningScope::global},
    {"layer", PruningScope::layer},
}};
constexpr std::array<Choice<ScheduleShape>, 5> shapes{{
    {"cubic", ScheduleShape::cubic},
    {"zhu_gupta", ScheduleShape::zhu_gupta},
    {"linear", ScheduleShape::linear},
    {"exponential", ScheduleShape::exponential},
    {"one_shot", ScheduleShape::one_shot},
}};
constexpr std::array<Choice<PruningGrain>, 4> grains{{
    {"element", PruningGrain::element},
    {"neuron", PruningGrain::neuron},
    {"head", PruningGrain::head},
    {"n_m", PruningGrain::n_m},
}};
constexpr std::array<Choice<RegrowthCriterion>, 3> regrowths{{
    {"none", RegrowthCriterion::none},
    {"random", RegrowthCriterion::random},
    {"gradient", RegrowthCriterion::gradient},
}};
constexpr std::array<Choice<RegrowthOptions::Decay>, 2> decays{{
    {"cosine", RegrowthOptions::Decay::cosine},
    {"constant", RegrowthOptions::Decay::constant},
}};
constexpr std::array<Choice<PruningMoment>, 3> moments{{
    {"batches", PruningMoment::batches},
    {"epoch", PruningMoment::epoch},
    {"step", PruningMoment::step},
}};

/// The first choice is the default.
template <typename T, std::size_t count>
SettingSpec choice_spec(const char* name, const std::array<Choice<T>, count>& choices,
                        const char* help) {
  SettingSpec spec{.name = name,
                   .type = SettingType::text,
                   .default_value = std::string(choices.front().first),
                   .help = help};
  for (const auto& [text, value] : choices) spec.choices.emplace_back(text);
  return spec;
}

template <typename T, std::size_t count>
T chosen(const Settings& settings, const char* name, const std::array<Choice<T>, count>& choices) {
  for (const auto& [text, value] : choices) {
    if (settings.text(name) == text) return value;
  }
  throw Error("[pruning] " + std::string(name) + " \"" + settings.text(name) +
              "\" is none of its choices");
}

double max_sparsity_of(const Settings& settings) {
  if (!settings.is_null("max_sparsity")) return settings.number("max_sparsity");
  if (settings.text("grain") != "n_m") return 0.7;
  return BlockSparsity{settings.integer("n"), settings.integer("m")}.sparsity();
}

std::vector<SettingSpec> choice_specs() {
  SettingSpec max_sparsity =
      sparsity_spec("max_sparsity", std::monostate{},
                    "Share pruned at the end of the ramp; null: 0.7, with grain n_m 1 - n/m.", 1);
  max_sparsity.nullable = true;
  return {
      choice_spec("criterion", criteria,
                  "What ranks weights: |w|, average |g*w|, sum of -g*w, or chance."),
      choice_spec("scope", scopes,
                  "Whether all layers are ranked together or each by itself (n_m: each block)."),
      choice_spec("grain", grains, "What is pruned together; n_m leaves n of every m in a row."),
      choice_spec("schedule", shapes, "How the share of pruned weights grows over the ramp."),
      sparsity_spec("min_sparsity", 0.0, "Share pruned at once when warm-up ends.", 1),
      max_sparsity,
  };
}

std::vector<SettingSpec> number_specs() {
  return {
      {.name = "n",
       .type = SettingType::integer,
       .default_value = std::int64_t{2},
       .help = "Weights of every m that stay (grain n_m).",
       .minimum = 1},
      {.name = "m",
       .type = SettingType::integer,
       .default_value = std::int64_t{4},
       .help = "Length of a block in a row (grain n_m).",
       .minimum = 2},
      {.name = "averaging",
       .type = SettingType::number,
       .default_value = 0.9,
       .help = "Decay of the running average (criterion gradient); 0: this step alone.",
       .minimum = 0,
       .maximum = 0.9999},
      choice_spec("regrowth", regrowths,
                  "Which pruned weights are exchanged for live ones at each update."),
      {.name = "regrow_fraction",
       .type = SettingType::number,
       .default_value = 0.3,
       .help = "Share of live weights exchanged at an update (regrowth).",
       .minimum = 0,
       .maximum = 1},
      choice_spec("regrow_decay", decays,
                  "Whether that share falls to 0 by the end of training (regrowth)."),
  };
}

}  // namespace

SettingSpec sparsity_spec(const char* name, SettingValue default_value, const char* help,
                          double maximum) {
  return {.name = name,
          .type = SettingType::number,
          .default_value = std::move(default_value),
          .help = help,
          .minimum = 0,
          .maximum = maximum};
}

std::vector<SettingSpec> timing_specs() {
  return {
      {.name = "warmup_epochs",
       .type = SettingType::integer,
       .default_value = std::int64_t{2},
       .help = "Epochs before pruning starts.",
       .minimum = 0},
      {.name = "every",
       .type = SettingType::integer,
       .default_value = std::int64_t{5},
       .help = "Batches between two updates of the mask.",
       .minimum = 1},
  };
}

std::vector<SettingSpec> ramp_specs(const std::string& where) {
  return {
      {.name = "ramp_epochs",
       .type = SettingType::integer,
       .default_value = std::monostate{},
       .help =
           "Epochs from the end of warm-up to full sparsity" + where + "; null: up to the last.",
       .minimum = 1,
       .nullable = true},
      {.name = "ramp",
       .type = SettingType::text,
       .default_value = "epoch",
       .help = "Whether the target sparsity moves once an epoch or at every step" + where + ".",
       .choices = {"epoch", "step"}},
  };
}

PruningSchedule ramp_of(const std::string& name, const Settings& settings, std::int64_t epochs) {
  const std::int64_t warmup = settings.integer("warmup_epochs");
  const std::int64_t left = epochs - warmup;
  const std::int64_t ramp =
      settings.is_null("ramp_epochs") ? left : settings.integer("ramp_epochs");
  if (left < 1 || ramp > left) {
    throw Error("[" + name + "] warmup_epochs " + std::to_string(warmup) +
                (left < 1 ? std::string() : " and ramp_epochs " + std::to_string(ramp)) +
                " don't fit into " + std::to_string(epochs) +
                " epochs of training: full sparsity would never be reached");
  }
  return {.warmup_epochs = warmup,
          .ramp_epochs = ramp,
          .ramp = settings.text("ramp") == "step" ? PruningSchedule::Ramp::per_step
                                                  : PruningSchedule::Ramp::per_epoch};
}

std::vector<SettingSpec> pruning_specs() {
  std::vector<SettingSpec> specs = choice_specs();
  const auto append = [&specs](const std::vector<SettingSpec>& more) {
    specs.insert(specs.end(), more.begin(), more.end());
  };
  append(timing_specs());
  append(ramp_specs(""));
  append({choice_spec("when", moments,
                      "When masks change after warm-up: every `every` batches, at the start of "
                      "each epoch, or at every step."),
          {.name = "live_floor",
           .type = SettingType::integer,
           .default_value = std::int64_t{1},
           .help = "Weights (neurons, heads) every layer keeps, however low they score.",
           .minimum = 0}});
  append(number_specs());
  return specs;
}

std::string check_pruning_settings(const Settings& settings, Protocol) {
  const double low = settings.number("min_sparsity");
  const std::string& grain = settings.text("grain");
  const std::string& schedule = settings.text("schedule");
  if (grain == "n_m") {
    if (settings.integer("n") >= settings.integer("m")) {
      return "n must be less than m: at most n of every m weights stay";
    }
    if (!settings.is_null("max_sparsity")) {
      return "with grain \"n_m\" the ramp ends at 1 - n/m: leave max_sparsity out";
    }
  }
  const double high = max_sparsity_of(settings);
  if (low > high) return "min_sparsity exceeds max_sparsity (null: 0.7, with grain n_m 1 - n/m)";
  if (schedule == "exponential" && high == 1) {
    return "schedule \"exponential\" never gets to max_sparsity 1, it takes shares of what is "
           "left: lower max_sparsity or choose another schedule";
  }
  if (schedule == "one_shot" && (low != 0 || !settings.is_null("ramp_epochs"))) {
    return "schedule \"one_shot\" goes to max_sparsity at once: leave min_sparsity and "
           "ramp_epochs out";
  }
  if (settings.text("regrowth") != "none" && (grain == "neuron" || grain == "head")) {
    return "regrowth exchanges single weights, not a whole " + grain +
           ": choose grain \"element\" or \"n_m\", or regrowth \"none\"";
  }
  return "";
}

PruningOptions pruning_options(const Settings& settings, const RegularizerContext& context) {
  PruningSchedule schedule = ramp_of("pruning", settings, context.epochs);
  schedule.shape = chosen(settings, "schedule", shapes);
  schedule.min_sparsity = settings.number("min_sparsity");
  schedule.max_sparsity = max_sparsity_of(settings);
  return {.schedule = schedule,
          .criterion = chosen(settings, "criterion", criteria),
          .averaging = settings.number("averaging"),
          .scope = chosen(settings, "scope", scopes),
          .grain = chosen(settings, "grain", grains),
          .block = {.n = settings.integer("n"), .m = settings.integer("m")},
          .regrowth = {.criterion = chosen(settings, "regrowth", regrowths),
                       .fraction = settings.number("regrow_fraction"),
                       .decay = chosen(settings, "regrow_decay", decays)},
          .when = chosen(settings, "when", moments),
          .every = settings.integer("every"),
          .live_floor = settings.integer("live_floor")};
}

}  // namespace espalier
