#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "regularizers/pruning/groups.h"
#include "tests/regularizers/pruning_model.h"

using namespace espalier;
using namespace espalier::test;

namespace {

/// Prunes one group and shows which weights of a tensor are gone.
struct Cut {
  Cut(PruningGrain grain, std::size_t group) {
    PruningGroups(model.parameters, grain, {}).prune(group);
  }

  PruningModel model;
};

std::string error_of(Parameters& parameters, PruningGrain grain) {
  try {
    PruningGroups(parameters, grain, {});
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a neuron is its row of every gate, in both matrices that feed it") {
  // Four neurons of in_proj (query, key and value), four of out_proj, then two recurrent ones.
  const Cut cut(PruningGrain::neuron, 9);
  CHECK(pruned_marks(cut.model.weight_ih) == "000111000111000111000111");
  CHECK(pruned_marks(cut.model.weight_hh) == "0011001100110011");
  CHECK(pruned_count(cut.model.in_proj) == 0);
  CHECK(pruned_count(cut.model.bias) == 0);
  const Cut projection(PruningGrain::neuron, 1);
  CHECK(pruned_marks(projection.model.in_proj) ==
        "0000111100000000"
        "0000111100000000"
        "0000111100000000");
}

TEST_CASE("a head is its rows of query, key and value, and its columns of the output") {
  const Cut cut(PruningGrain::head, 1);
  CHECK(pruned_marks(cut.model.in_proj) ==
        "0000000011111111"
        "0000000011111111"
        "0000000011111111");
  CHECK(pruned_marks(cut.model.out_proj) == "0011001100110011");
  CHECK(pruned_count(cut.model.weight_ih) + pruned_count(cut.model.plain) == 0);
}

TEST_CASE("layers: tensors by themselves, or joined where they share units or heads") {
  PruningModel model;
  const auto names = [&model](PruningGrain grain) {
    std::string text;
    const PruningGroups groups(model.parameters, grain, {});
    for (const auto& layer : groups.layers()) {
      text += layer.name + " " + std::to_string(layer.groups.size()) + "; ";
    }
    return text;
  };
  CHECK(names(PruningGrain::element) ==
        "in_proj_weight 48; out_proj.weight 16; weight_ih 24; weight_hh 16; plain 15; ");
  CHECK(names(PruningGrain::neuron) ==
        "in_proj_weight 4; out_proj.weight 4; weight_ih + weight_hh 2; plain 3; ");
  CHECK(names(PruningGrain::head) == "in_proj_weight + out_proj.weight 2; ");
}

TEST_CASE("blocks of m follow the rows and don't run over their ends") {
  Parameters parameters;
  parameters.add("w", ParameterKind::weight, {2, 5});
  const PruningGroups groups(parameters, PruningGrain::n_m, {2, 4});
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (const PruningGroups::Range& block : groups.parts())
    found.emplace_back(block.begin, block.end);
  CHECK(found == std::vector<std::pair<std::size_t, std::size_t>>{{0, 4}, {4, 5}, {5, 9}, {9, 10}});
}

TEST_CASE("a group's score is the mean of its weights' scores") {
  Parameters parameters;
  Parameter& tensor = parameters.add("w", ParameterKind::weight, {2, 2});
  std::ranges::copy(std::vector<real>{1, -2, 0.5, 4}, tensor.value().data);
  const PruningScores scores(PruningCriterion::magnitude, 0, parameters, RandomKey(0));
  const PruningGroups groups(parameters, PruningGrain::neuron, {});
  CHECK(groups.score(0, scores) == 1.5);
  CHECK(groups.score(1, scores) == 2.25);
}

TEST_CASE("a model without attention has no heads to prune") {
  Parameters parameters;
  parameters.add("w", ParameterKind::weight, {2, 2});
  CHECK(error_of(parameters, PruningGrain::head) ==
        "[pruning] grain \"head\" prunes attention heads, but this model has none: choose another "
        "grain (element, neuron, n_m) or a model with attention");
}

TEST_CASE("traits that don't fit the shapes are errors that name the parameter") {
  Parameters uneven;
  uneven.add("w", ParameterKind::weight, {5, 2}, {.blocks = 2, .heads = 2});
  CHECK(error_of(uneven, PruningGrain::neuron) ==
        "[pruning] w: its 5 don't divide equally into 2 blocks of rows: give the layer "
        "ParameterTraits that fit its shape");
  Parameters heads;
  heads.add("w", ParameterKind::weight, {3, 3}, {.heads = 2});
  CHECK(error_of(heads, PruningGrain::head).find("don't divide equally into 2 heads") !=
        std::string::npos);
  Parameters units;
  const Parameter& first = units.add("a", ParameterKind::weight, {4, 2});
  units.add("b", ParameterKind::weight, {3, 2}, {.same_units_as = &first});
  CHECK(error_of(units, PruningGrain::neuron) ==
        "[pruning] b has 3 units, a, said to have the same ones, 4: give the layers "
        "ParameterTraits that fit their shapes");
  CHECK(error_of(units, PruningGrain::element) == "");
}
