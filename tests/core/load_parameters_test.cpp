#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "core/safetensors.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/text.h"

namespace espalier::test {

namespace {

template <typename T>
Safetensors::Entry entry(const char* dtype, std::vector<std::int64_t> shape,
                         const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {dtype, std::move(shape), {bytes.begin(), bytes.end()}};
}

/// A matrix of 2 × 3 and a bias.
struct Small {
  Parameters parameters;
  Parameter& weight = parameters.add("fc.weight", ParameterKind::weight, {2, 3});
  Parameter& bias = parameters.add("fc.bias", ParameterKind::bias, {2});
};

Safetensors fitting() {
  Safetensors file;
  file.entries["fc.weight"] = entry<float>("F32", {2, 3}, {1, 2, 3, 4, 5, 6});
  file.entries["fc.bias"] = entry<double>("F64", {2}, {0.25, -0.5});
  return file;
}

std::string load(Small& small, const Safetensors& file) {
  const TemporaryFolder folder;
  const std::string path = folder / "weights.safetensors";
  file.write(path);
  return error_of([&] { load_parameters(path, small.parameters); });
}

}  // namespace

TEST_CASE("parameters survive saving and loading") {
  const TemporaryFolder folder;
  Small before;
  for (std::size_t i = 0; i < 6; ++i)
    before.weight.value().data[i] = real(0.1) * static_cast<real>(i);
  before.bias.value()[1] = -7;
  save_parameters(folder / "w", before.parameters);
  Small after;
  after.bias.value()[0] = 99;
  load_parameters(folder / "w", after.parameters);
  for (std::size_t i = 0; i < before.parameters.values().size(); ++i) {
    CHECK(after.parameters.values()[i] == before.parameters.values()[i]);
  }
}

TEST_CASE("single and double precision are both accepted") {
  Small small;
  CHECK(load(small, fitting()) == "<no error>");
  CHECK(small.weight.value()[4] == 5);
  CHECK(small.bias.value()[0] == real(0.25));
}

TEST_CASE("one message lists everything that is missing, unexpected or misshapen") {
  Small small;
  small.parameters.add("fc.gain", ParameterKind::norm, {2});
  Safetensors file = fitting();
  file.entries["fc.weight"] = entry<float>("F32", {3, 2}, {1, 2, 3, 4, 5, 6});
  file.entries["fc.bias"] = entry<std::int64_t>("I64", {2}, {1, 2});
  file.entries["fc.extra"] = entry<float>("F32", {1}, {1});
  const std::string message = load(small, file);
  CHECK(lacks(message, "weights.safetensors") == "");
  CHECK(lacks(message, "\"fc.weight\" has shape (3,2), expected (2,3)") == "");
  CHECK(lacks(message, "\"fc.bias\" has dtype I64, expected F32 or F64") == "");
  CHECK(lacks(message, "\"fc.gain\" is missing") == "");
  CHECK(lacks(message, "\"fc.extra\" is not in the model") == "");
  CHECK(message.find('\n') == std::string::npos);
}

TEST_CASE("a shape of the same size but another rank doesn't fit") {
  Small small;
  Safetensors file = fitting();
  file.entries["fc.weight"].shape = {6};
  CHECK(lacks(load(small, file), "has shape (6), expected (2,3)") == "");
}

TEST_CASE("values that are not finite are refused") {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()}) {
    Small small;
    Safetensors file = fitting();
    file.entries["fc.bias"] = entry<double>("F64", {2}, {0, bad});
    CHECK(lacks(load(small, file), "\"fc.bias\" has values that are not finite") == "");
  }
}

}  // namespace espalier::test
