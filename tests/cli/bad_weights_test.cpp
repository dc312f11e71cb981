#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/bad_input.h"

using namespace espalier::test;

namespace {

using Json = nlohmann::ordered_json;

/// A weights file as text: 8 bytes of length, a JSON header, data.
std::string weights_file(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  std::string text(sizeof length, '\0');
  std::memcpy(text.data(), &length, sizeof length);
  return text + header + data;
}

/// Weights that fit small_config, before `change` is applied to the header and the data.
template <typename Change>
std::string changed_weights(Change change) {
  const std::vector<std::pair<std::string, std::vector<int>>> shapes{
      {"fc.bias", {1}},          {"fc.weight", {1, 4}},          {"lstm.bias_hh_l0", {16}},
      {"lstm.bias_ih_l0", {16}}, {"lstm.weight_hh_l0", {16, 4}}, {"lstm.weight_ih_l0", {16, 2}}};
  Json header = Json::object();
  std::vector<float> values;
  for (const auto& [name, shape] : shapes) {
    const std::size_t begin = values.size() * sizeof(float);
    int size = 1;
    for (const int length : shape) size *= length;
    for (int i = 0; i < size; ++i) values.push_back(static_cast<float>(i % 7) / 10 - 0.3F);
    header[name] = {{"dtype", "F32"},
                    {"shape", shape},
                    {"data_offsets", {begin, values.size() * sizeof(float)}}};
  }
  std::string data(values.size() * sizeof(float), '\0');
  std::memcpy(data.data(), values.data(), data.size());
  change(header, data);
  return weights_file(header.dump(), data);
}

struct BadWeights {
  std::string name;
  std::vector<std::string> words;
  std::string file;
};

std::vector<BadWeights> bad_weights() {
  const std::string sound = changed_weights([](Json&, std::string&) {});
  const auto with_header = [](auto change) {
    return changed_weights([change](Json& header, std::string&) { change(header); });
  };
  const float nan = std::nanf("");
  return {
      {"empty", {"0 bytes"}, ""},
      {"a few bytes", {"5 bytes"}, "hello"},
      {"text", {"not a usable safetensors file"}, std::string(200, 'x')},
      {"cut in the header", {"header"}, sound.substr(0, 60)},
      {"cut in the data", {"bytes"}, sound.substr(0, sound.size() - 10)},
      {"data left over", {"belongs to no tensor"}, sound + "12345678"},
      {"header no JSON", {"JSON"}, weights_file("{\"fc.bias\": ", "")},
      {"header a list", {"JSON object"}, weights_file("[]", "")},
      {"no tensors", {"\"fc.weight\" is missing"}, weights_file("{}", "")},
      {"a tensor is missing", {"overlap or leave gaps"}, with_header([](Json& h) {
         h.erase("fc.weight");
       })},
      {"another name",
       {"\"fc.weight\" is missing", "\"head.weight\" is not in the model"},
       with_header([](Json& h) {
         h["head.weight"] = h["fc.weight"];
         h.erase("fc.weight");
       })},
      {"a tensor turned round",
       {"\"lstm.weight_ih_l0\" has shape (2,16), expected (16,2)"},
       with_header([](Json& h) {
         h["lstm.weight_ih_l0"]["shape"] = {2, 16};
       })},
      {"another rank", {"\"fc.weight\" has shape (4), expected (1,4)"}, with_header([](Json& h) {
         h["fc.weight"]["shape"] = {4};
       })},
      {"integers", {"\"fc.bias\" has dtype I32"}, with_header([](Json& h) {
         h["fc.bias"]["dtype"] = "I32";
       })},
      {"a dtype unheard of", {"unknown dtype \"F99\""}, with_header([](Json& h) {
         h["fc.bias"]["dtype"] = "F99";
       })},
      {"a size below 0", {"size below 0"}, with_header([](Json& h) {
         h["fc.bias"]["shape"] = {-1};
       })},
      {"a size beyond memory", {"doesn't fill"}, with_header([](Json& h) {
         h["fc.bias"]["shape"] = {1LL << 40, 1LL << 40};
       })},
      {"offsets beyond the file", {"cut off?"}, with_header([](Json& h) {
         h["fc.bias"]["data_offsets"] = {0, 1LL << 60};
       })},
      {"offsets backwards", {"bytes 4 to 0"}, with_header([](Json& h) {
         h["fc.bias"]["data_offsets"] = {4, 0};
       })},
      {"a NaN",
       {"\"fc.bias\" has values that are not finite"},
       changed_weights(
           [nan](Json&, std::string& data) { std::memcpy(data.data(), &nan, sizeof nan); })},
  };
}

Outcome train_from(const TemporaryFolder& folder, const std::string& weights) {
  write_text(folder / "config.json", small_config);
  write_text(folder / "data.csv", small_csv());
  write_text(folder / "initial.safetensors", weights);
  return run({"train", "config.json", "--out", "run", "--quiet", "-o",
              "train.init_from=initial.safetensors"},
             {.folder = folder.path()});
}

}  // namespace

TEST_CASE("weights files that can't be used") {
  for (const BadWeights& input : bad_weights()) {
    CAPTURE(input.name);
    const TemporaryFolder folder;
    std::vector<std::string> words = input.words;
    words.emplace_back("initial.safetensors");
    CHECK(fault_of(train_from(folder, input.file), run_failed, words) == "");
    CHECK_FALSE(exists(folder / "run"));
  }
}

TEST_CASE("weights that fit are used") {
  const TemporaryFolder folder;
  CHECK(train_from(folder, changed_weights([](Json&, std::string&) {})).exit_code == 0);
}
