// Compacted models against the full ones they come from.

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/registry.h"
#include "regularizers/pruning/groups.h"
#include "tests/support/errors.h"
#include "tests/support/random_forecasts.h"
#include "tests/support/small_model.h"

namespace espalier::test {

namespace {

/// Times the larger of 1 and the value. Sums of other lengths and order round differently.
constexpr double bound = sizeof(real) == 4 ? 1e-6 : 1e-12;

const ForecastShape shape{
    .window = 7, .features = 3, .horizon = 2, .targets = 2, .own_past = {2, 0}};

const std::vector<const char*> compactable{"rnn", "gru", "lstm", "patch_transformer", "patchtst"};

Settings settings_of(const std::string& type) {
  for (const ModelEntry& entry : model_registry()) {
    if (entry.info.name == type) return small_settings(entry.info);
  }
  return {};
}

std::unique_ptr<Model> model_of(const std::string& type, std::uint64_t seed = 3) {
  auto model = make_model(type, settings_of(type), shape);
  model->initialise(RandomKey(seed));
  return model;
}

std::vector<real> forecasts(const Model& model) {
  return random_forecasts(model, shape, 9, 17);
}

/// Empty if the compacted model saves parameters and forecasts the same, else what is wrong.
std::string wrong_compaction(const Model& model) {
  const auto compacted = model.compacted();
  if (compacted == nullptr) return "nothing was removed";
  if (compacted->parameters().count() >= model.parameters().count()) return "nothing was saved";
  return difference(forecasts(*compacted), forecasts(model), bound);
}

const Parameter& parameter(Model& model, const std::string& name) {
  const Parameter* found = model.parameters().find(name);
  REQUIRE_MESSAGE(found != nullptr, name);
  return *found;
}

void clear_column(Model& model, const std::string& name, std::int64_t column) {
  const Tensor value = parameter(model, name).value();
  for (std::int64_t row = 0; row < value.shape[0]; ++row) value[row * value.shape[1] + column] = 0;
}

/// The row of unit or head rows `unit` in each of `blocks` blocks.
void clear_unit(Model& model, const std::string& name, std::int64_t blocks, std::int64_t unit) {
  const Tensor value = parameter(model, name).value();
  const std::int64_t height = value.shape[0] / blocks;
  for (std::int64_t block = 0; block < blocks; ++block) {
    for (std::int64_t column = 0; column < value.shape[1]; ++column) {
      value[(block * height + unit) * value.shape[1] + column] = 0;
    }
  }
}

/// Prunes each group with the probability `share`.
void prune_groups(Model& model, PruningGrain grain, double share, std::uint64_t seed) {
  PruningGroups groups(model.parameters(), grain, {});
  std::vector<real> draws(groups.count());
  fill_uniform(RandomKey(seed), 0, 1, draws);
  for (std::size_t group = 0; group < draws.size(); ++group) {
    if (draws[group] < share) groups.prune(group);
  }
}

}  // namespace

TEST_CASE("with nothing dead there is nothing to compact") {
  for (const ModelEntry& entry : model_registry()) {
    INFO(entry.info.name);
    CHECK(model_of(entry.info.name)->compacted() == nullptr);
  }
}

TEST_CASE("scattered zeros alone remove nothing") {
  for (const char* type : {"lstm", "patch_transformer"}) {
    auto model = model_of(type);
    std::vector<real> draws(model->parameters().values().size());
    fill_uniform(RandomKey(1), 0, 1, draws);
    for (std::size_t i = 0; i < draws.size(); ++i) {
      if (draws[i] < real(0.3)) model->parameters().values()[i] = 0;
    }
    INFO(type);
    CHECK(model->compacted() == nullptr);
  }
}

TEST_CASE("forecasts stay the same whatever neurons are pruned, biases living on") {
  for (const char* type : compactable) {
    int compactions = 0;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      auto model = model_of(type, seed);
      prune_groups(*model, PruningGrain::neuron, 0.3 + 0.05 * static_cast<double>(seed), seed);
      if (model->compacted() == nullptr) continue;
      INFO(type, ", seed ", seed);
      CHECK(wrong_compaction(*model) == "");
      ++compactions;
    }
    INFO(type);
    CHECK(compactions >= 6);
  }
}

TEST_CASE("forecasts stay the same whatever heads are pruned") {
  for (const char* type : {"patch_transformer", "patchtst"}) {
    for (std::size_t head = 0; head < 4; ++head) {
      auto model = model_of(type);
      PruningGroups(model->parameters(), PruningGrain::head, {}).prune(head);
      INFO(type, ", head ", head);
      CHECK(wrong_compaction(*model) == "");
      LayerSizes expected = model->layer_sizes();
      expected["heads"][head / 2] = 1;
      CHECK(model->compacted()->layer_sizes() == expected);
    }
  }
}

TEST_CASE("a unit that only dead units read is dead as well") {
  for (const auto& [type, blocks] : {std::pair("rnn", 1), {"gru", 3}, {"lstm", 4}}) {
    const std::string name = type;
    auto model = model_of(name);
    // Of layer 1, unit 4 reaches no other and not the output; unit 2 of layer 0 only unit 4.
    clear_column(*model, "fc.weight", 4);
    const Tensor hh = parameter(*model, name + ".weight_hh_l1").value();
    const Tensor ih = parameter(*model, name + ".weight_ih_l1").value();
    for (std::int64_t row = 0; row < hh.shape[0]; ++row) {
      if (row % 6 == 4) continue;
      hh[row * 6 + 4] = 0;
      ih[row * 6 + 2] = 0;
    }
    const Tensor below = parameter(*model, name + ".weight_hh_l0").value();
    for (std::int64_t row = 0; row < below.shape[0]; ++row) below[row * 6 + 2] = 0;
    INFO(name);
    CHECK(wrong_compaction(*model) == "");
    CHECK(model->compacted()->layer_sizes() == LayerSizes{{"hidden", {5, 5}},
                                                          {"input_bias_steps", {1, 1}},
                                                          {"recurrent_bias_steps", {1, 1}}});
    // The same with one weight of unit 4 to another unit: both are alive.
    hh[0 * 6 + 4] = real{0.25};
    CHECK(model->compacted() == nullptr);
  }
}

TEST_CASE("a unit without inputs goes into the biases of each step") {
  // A window of 7 makes the biases larger, so several units must go for a gain.
  for (const auto& [type, blocks] : {std::pair("rnn", 1), {"gru", 3}, {"lstm", 4}}) {
    const std::string name = type;
    auto model = model_of(name);
    const std::vector<real> before = forecasts(*model);
    for (const std::int64_t unit : {0, 1, 3, 5}) {
      clear_unit(*model, name + ".weight_ih_l0", blocks, unit);
      clear_unit(*model, name + ".weight_hh_l0", blocks, unit);
      clear_unit(*model, name + ".weight_ih_l1", blocks, unit);
      clear_unit(*model, name + ".weight_hh_l1", blocks, unit);
    }
    INFO(name);
    CHECK(difference(before, forecasts(*model), 1e-3) != "");
    CHECK(wrong_compaction(*model) == "");
    const auto compacted = model->compacted();
    CHECK(compacted->layer_sizes() == LayerSizes{{"hidden", {2, 2}},
                                                 {"input_bias_steps", {1, 7}},
                                                 {"recurrent_bias_steps", {7, 7}}});
    // What they gave counts: without the biases of later steps the forecasts are others.
    const Tensor bias = parameter(*compacted, name + ".bias_hh_l1").value();
    const std::int64_t rows = bias.shape[1];
    for (std::int64_t i = rows; i < bias.size(); ++i) bias[i] = bias[i % rows];
    CHECK(difference(forecasts(*compacted), forecasts(*model), 1e-3) != "");
  }
}

TEST_CASE("a unit that reads nothing but units without inputs has none either") {
  for (const auto& [type, blocks] : {std::pair("rnn", 1), {"gru", 3}, {"lstm", 4}}) {
    const std::string name = type;
    auto model = model_of(name);
    const Tensor hh = parameter(*model, name + ".weight_hh_l0").value();
    for (const std::int64_t unit : {0, 1, 3, 5}) {
      clear_unit(*model, name + ".weight_ih_l0", blocks, unit);
      for (std::int64_t gate = 0; gate < blocks; ++gate) {
        for (const std::int64_t other : {2, 4}) hh[(gate * 6 + unit) * 6 + other] = 0;
      }
    }
    INFO(name);
    CHECK(wrong_compaction(*model) == "");
    CHECK(model->compacted()->layer_sizes() == LayerSizes{{"hidden", {2, 6}},
                                                          {"input_bias_steps", {1, 7}},
                                                          {"recurrent_bias_steps", {7, 1}}});
    // One of them reads unit 2, which sees the input, and the others read it.
    hh[0 * 6 + 2] = real(0.25);
    CHECK(model->compacted() == nullptr);
  }
}

TEST_CASE("a head without values and a unit without inputs go into the following bias") {
  for (const char* activation : {"relu", "gelu"}) {
    Settings settings = settings_of("patch_transformer");
    settings.set("activation", activation);
    auto model = make_model("patch_transformer", settings, shape);
    model->initialise(RandomKey(3));
    const std::string layer = "encoder.layers.1.";
    // embed 4 in two heads: rows 8 to 11 are values, of head 0 the first two.
    for (const std::int64_t row : {8, 9}) {
      clear_unit(*model, layer + "self_attn.in_proj_weight", 1, row);
    }
    for (const std::int64_t unit : {1, 4}) clear_unit(*model, layer + "linear1.weight", 1, unit);
    const Tensor bias = parameter(*model, layer + "linear1.bias").value();
    bias[1] = real(0.7);
    bias[4] = real(-0.4);
    CHECK(wrong_compaction(*model) == "");
    CHECK(model->compacted()->layer_sizes() ==
          LayerSizes{{"heads", {2, 1}}, {"feed_forward", {5, 3}}});
  }
}

TEST_CASE("where a layer is dead altogether one unit and one head stay") {
  for (const char* type : compactable) {
    auto model = model_of(type);
    for (const Parameter& matrix : model->parameters().all()) {
      if (matrix.kind() == ParameterKind::weight) std::ranges::fill(matrix.value().span(), real{0});
    }
    INFO(type);
    CHECK(wrong_compaction(*model) == "");
    const LayerSizes sizes = model->compacted()->layer_sizes();
    for (const char* name : {"hidden", "heads", "feed_forward"}) {
      if (sizes.contains(name)) CHECK(sizes.at(name) == std::vector<std::int64_t>{1, 1});
    }
  }
}

TEST_CASE("a compacted model is made again from its sizes, and has nothing more to lose") {
  for (const char* type : compactable) {
    auto model = model_of(type);
    prune_groups(*model, PruningGrain::neuron, 0.8, 5);
    const auto compacted = model->compacted();
    INFO(type);
    REQUIRE(compacted != nullptr);
    const auto again = make_model(type, settings_of(type), shape, compacted->layer_sizes());
    REQUIRE(again->parameters().values().size() == compacted->parameters().values().size());
    std::ranges::copy(compacted->parameters().values(), again->parameters().values().begin());
    CHECK(forecasts(*again) == forecasts(*compacted));
    CHECK(again->compacted() == nullptr);
  }
}

TEST_CASE("sizes that don't fit a model are refused") {
  const auto make = [](const char* type, const LayerSizes& sizes) {
    return [=] { make_model(type, settings_of(type), shape, sizes); };
  };
  CHECK(wrong_error(make("linear", {{"hidden", {1}}}), {"[linear]", "hidden"}) == "");
  CHECK(wrong_error(make("lstm", {{"heads", {1, 1}}}), {"hidden", "missing", "2"}) == "");
  CHECK(wrong_error(make("lstm", {{"hidden", {1}}}), {"hidden", "don't fit", "2"}) == "");
  CHECK(wrong_error(make("patchtst", {{"heads", {1, 0}}, {"feed_forward", {1, 1}}}),
                    {"heads", "don't fit"}) == "");
}

}  // namespace espalier::test
