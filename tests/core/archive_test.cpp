#include "core/archive.h"

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "core/parameters.h"
#include "core/safetensors.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace espalier::test {

namespace {

/// One field of each kind.
struct State {
  std::int64_t steps = 0;
  double best = 0;
  std::vector<real> moments;
  std::vector<std::uint8_t> flags;

  void serialize(Archive& archive) {
    archive.field("steps", steps);
    archive.field("best", best);
    archive.field("moments", std::span(moments));
    archive.field("flags", std::span(flags));
  }
};

State some_state() {
  return {-3'000'000'000, 0.1, {1, -2, real(0.3)}, {0, 1, 255}};
}

Safetensors saved(State state, const std::string& prefix = {}) {
  Safetensors file;
  SavingArchive archive(file, prefix);
  state.serialize(archive);
  return file;
}

}  // namespace

TEST_CASE("every kind of field survives saving, writing, reading and loading") {
  const TemporaryFolder folder;
  saved(some_state(), "optimizer/").write(folder / "checkpoint");
  const Safetensors file = Safetensors::read(folder / "checkpoint");
  CHECK(file.entries.contains("optimizer/steps"));

  State state{0, 0, std::vector<real>(3), std::vector<std::uint8_t>(3)};
  LoadingArchive archive(file, "optimizer/");
  state.serialize(archive);
  const State expected = some_state();
  CHECK(state.steps == expected.steps);
  CHECK(state.best == expected.best);
  CHECK(state.moments == expected.moments);
  CHECK(state.flags == expected.flags);
}

TEST_CASE("prefixes keep components apart") {
  Safetensors file;
  State one = some_state();
  State two = some_state();
  two.steps = 8;
  SavingArchive first(file, "one/");
  SavingArchive second(file, "two/");
  one.serialize(first);
  two.serialize(second);
  LoadingArchive archive(file, "two/");
  State read = some_state();
  read.serialize(archive);
  CHECK(read.steps == 8);
}

TEST_CASE("a missing field is named with the file") {
  Safetensors file = saved(some_state(), "optimizer/");
  file.origin = "run/last.safetensors";
  file.entries.erase("optimizer/best");
  LoadingArchive archive(file, "optimizer/");
  State state = some_state();
  CHECK(wrong_error([&] { state.serialize(archive); },
                    {"run/last.safetensors", "no \"optimizer/best\"", "another config"}) == "");
}

TEST_CASE("a field of another size or type is named with both") {
  const auto refused = [](Safetensors file, State state,
                          std::initializer_list<std::string_view> parts) {
    LoadingArchive archive(file);
    return wrong_error([&] { state.serialize(archive); }, parts);
  };
  const std::string_view type = sizeof(real) == 4 ? "F32" : "F64";
  State shorter = some_state();
  shorter.moments.pop_back();
  CHECK(refused(saved(some_state()), shorter, {"\"moments\"", "expected", type}) == "");
  State longer = some_state();
  longer.flags.push_back(1);
  CHECK(refused(saved(some_state()), longer, {"\"flags\" holds 3 bytes of U8", "4 of U8"}) == "");
  Safetensors swapped = saved(some_state());
  swapped.entries["steps"] = swapped.entries["best"];
  CHECK(refused(swapped, some_state(), {"\"steps\" holds 8 bytes of F64", "8 of I64"}) == "");
}

TEST_CASE("values, masks and optimizer state of every parameter are carried over") {
  const auto make = [](Parameters& parameters) {
    parameters.add("a", ParameterKind::weight, {3});
    parameters.add("b", ParameterKind::bias, {2});
    parameters.add_state("momentum");
  };
  Parameters before;
  make(before);
  for (Parameter& parameter : before.all()) {
    for (std::size_t i = 0; i < parameter.size(); ++i) {
      before.values()[parameter.offset() + i] = static_cast<real>(10 * parameter.size() + i);
      before.states()[0].slab[parameter.offset() + i] = static_cast<real>(i) + 1;
    }
  }
  before.prune(1, /*forget_state=*/false);
  Safetensors file;
  SavingArchive saving(file, "parameters/");
  serialize(saving, before);

  Parameters after;
  make(after);
  LoadingArchive loading(file, "parameters/");
  serialize(loading, after);
  for (std::size_t i = 0; i < before.values().size(); ++i) {
    CHECK(after.values()[i] == before.values()[i]);
    CHECK(after.masks()[i] == before.masks()[i]);
    CHECK(after.states()[0].slab[i] == before.states()[0].slab[i]);
  }
  CHECK(after.all()[0].mask()[1] == 0);
}

TEST_CASE("a checkpoint of another model is refused") {
  Parameters before;
  before.add("a", ParameterKind::weight, {3});
  Safetensors file;
  SavingArchive saving(file);
  serialize(saving, before);
  Parameters other;
  other.add("a", ParameterKind::weight, {4});
  LoadingArchive loading(file);
  CHECK(wrong_error([&] { serialize(loading, other); }, {"\"value/a\"", "12 bytes", "16"}) == "");
}

}  // namespace espalier::test
