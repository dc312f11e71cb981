#include "core/safetensors.h"

#include <cstring>
#include <fstream>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "core/atomic_file.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/text.h"

namespace espalier::test {

namespace {

template <typename T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

/// A file laid out by hand: the header's length in 8 bytes, lowest first, the header, the data.
std::string laid_out(const std::string& header, const std::string& data) {
  std::string content;
  std::size_t rest = header.size();
  for (int byte = 0; byte < 8; ++byte) {
    content += static_cast<char>(rest & 255);
    rest >>= 8;
  }
  return content + header + data;
}

/// What reading such a file complains of.
std::string complaint(const std::string& content) {
  const TemporaryFolder folder;
  const std::string path = folder / "broken.safetensors";
  write_file_atomically(path, content);
  const std::string message = error_of([&] { Safetensors::read(path); });
  return message.find(path) != std::string::npos || message == "<no error>"
             ? message
             : "the file isn't named: " + message;
}

std::string complaint(const std::string& header, const std::string& data) {
  return complaint(laid_out(header, data));
}

}  // namespace

TEST_CASE("entries and metadata survive writing and reading") {
  const TemporaryFolder folder;
  const std::string path = folder / "all.safetensors";
  Safetensors file;
  file.entries["b/float"] = {"F32", {2, 3}, bytes_of(std::vector<float>{1, -2, 3.5F, 0, -0.0F, 6})};
  file.entries["a/double"] = {"F64", {1}, bytes_of(std::vector<double>{0.1})};
  file.entries["c/whole"] = {"I64", {2}, bytes_of(std::vector<std::int64_t>{-1, 1LL << 60})};
  file.entries["d/bytes"] = {"U8", {3}, bytes_of(std::vector<std::uint8_t>{0, 1, 255})};
  file.entries["e/number"] = {"F32", {}, bytes_of(std::vector<float>{7})};
  file.entries["f/nothing"] = {"F32", {0, 4}, {}};
  file.metadata["origin"] = "a test, \"quoted\" ü";
  file.write(path);

  const Safetensors read = Safetensors::read(path);
  CHECK(read.origin == path);
  CHECK(read.metadata == file.metadata);
  REQUIRE(read.entries.size() == file.entries.size());
  for (const auto& [name, entry] : file.entries) {
    CAPTURE(name);
    REQUIRE(read.entries.contains(name));
    CHECK(read.entries.at(name).dtype == entry.dtype);
    CHECK(read.entries.at(name).shape == entry.shape);
    CHECK(read.entries.at(name).bytes == entry.bytes);
  }
}

TEST_CASE("data starts at a multiple of eight bytes, and equal contents give equal files") {
  const TemporaryFolder folder;
  for (const std::string& name :
       {std::string("x"), std::string("xy"), std::string("a longer name")}) {
    Safetensors file;
    file.entries[name] = {"F32", {1}, bytes_of(std::vector<float>{1})};
    file.write(folder / "one");
    file.write(folder / "two");
    const std::string content = read_file(folder / "one");
    CHECK(content == read_file(folder / "two"));
    std::uint64_t header = 0;
    std::memcpy(&header, content.data(), 8);
    CHECK(header % 8 == 0);
    CHECK(content.size() == 8 + header + 4);
  }
}

TEST_CASE("a file laid out by hand is read, whatever the order of its entries") {
  const TemporaryFolder folder;
  const std::string path = folder / "hand.safetensors";
  const std::string header = R"({"late":{"dtype":"F32","shape":[2],"data_offsets":[2,10]},)"
                             R"("early":{"dtype":"U8","shape":[1,2],"data_offsets":[0,2]},)"
                             R"("__metadata__":{"format":"pt"}}   )";
  // 1.0 is 3f800000, −2.5 is c0200000, lowest byte first.
  const std::string data("\x05\x06\x00\x00\x80\x3f\x00\x00\x20\xc0", 10);
  write_file_atomically(path, laid_out(header, data));

  const Safetensors file = Safetensors::read(path);
  CHECK(file.metadata.at("format") == "pt");
  REQUIRE(file.entries.size() == 2);
  CHECK(file.entries.at("early").shape == std::vector<std::int64_t>{1, 2});
  CHECK(file.entries.at("early").bytes == std::vector{std::byte{5}, std::byte{6}});
  CHECK(file.entries.at("late").dtype == "F32");
  CHECK(file.entries.at("late").bytes == bytes_of(std::vector<float>{1, -2.5F}));
}

TEST_CASE("files that are cut off are refused") {
  const std::string header = R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const std::string whole = laid_out(header, "12345678");
  CHECK(complaint(whole) == "<no error>");
  CHECK(lacks(complaint(""), "0 bytes") == "");
  CHECK(lacks(complaint(whole.substr(0, 7)), "only 7 bytes") == "");
  CHECK(lacks(complaint(whole.substr(0, 30)),
              "announce a header of " + std::to_string(header.size())) == "");
  CHECK(lacks(complaint(whole.substr(0, whole.size() - 1)), "cut off") == "");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(lacks(complaint(whole.substr(0, size)), "not a usable safetensors file") == "");
  }
  CHECK(lacks(complaint(whole + "9"), "belongs to no tensor") == "");
}

TEST_CASE("headers that are no description of tensors are refused") {
  CHECK(lacks(complaint(std::string(8, '\xff') + "{}"), "announce a header") == "");
  CHECK(lacks(complaint("not JSON", ""), "not a JSON object") == "");
  CHECK(lacks(complaint("[1,2]", ""), "not a JSON object") == "");
  CHECK(lacks(complaint(R"({"x":{)", ""), "not a JSON object") == "");
  CHECK(lacks(complaint("{\"\xff\":{}}", ""), "not a JSON object") == "");
  CHECK(lacks(complaint(R"({"x":3})", ""), "\"x\" is not an object") == "");
  CHECK(lacks(complaint(R"({"__metadata__":{"step":3}})", ""), "\"step\" is not a text") == "");
  const std::string twice = R"({"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                            R"("x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})";
  CHECK(lacks(complaint(twice, "12"), "\"x\" twice") == "");
}

TEST_CASE("tensors that don't say what they are are refused by name") {
  const auto one = [](const std::string& body) {
    return complaint(R"({"w":{)" + body + "}}", "1234");
  };
  CHECK(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])") == "<no error>");
  CHECK(lacks(one(R"("shape":[1],"data_offsets":[0,4])"), "\"w\" has no \"dtype\"") == "");
  CHECK(lacks(one(R"("dtype":"F32","data_offsets":[0,4])"), "no \"shape\"") == "");
  CHECK(lacks(one(R"("dtype":"F99","shape":[1],"data_offsets":[0,4])"), "unknown dtype \"F99\"") ==
        "");
  CHECK(lacks(one(R"("dtype":"F32","shape":[1])"), "\"w\" has no \"data_offsets\"") == "");
  CHECK(lacks(one(R"("dtype":"F32","shape":[1],"data_offsets":[0])"), "\"data_offsets\"") == "");
  CHECK(lacks(one(R"("dtype":"F32","shape":[1],"data_offsets":[-4,4])"), "\"data_offsets\"") == "");
  CHECK(lacks(one(R"("dtype":"F32","shape":[1],"data_offsets":[0.0,4.0])"), "\"data_offsets\"") ==
        "");
  CHECK(lacks(one(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])"), "size below 0") == "");
  CHECK(lacks(one(R"("dtype":"F32","shape":[1],"data_offsets":[4,0])"), "bytes 4 to 0") == "");
  CHECK(lacks(one(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])"), "only 4 bytes of data") ==
        "");
  CHECK(lacks(one(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])"),
              "(2) and dtype F32 doesn't") == "");
  CHECK(lacks(one(R"("dtype":"F64","shape":[1],"data_offsets":[0,4])"),
              "doesn't fill its 4 bytes") == "");
}

TEST_CASE("sizes whose product overflows are refused") {
  for (const std::string shape :
       {"[4294967296,4294967296]", "[2,9223372036854775808]", "[4,4611686018427387905]",
        "[3,6148914691236517206,1]", "[18446744073709551615]"}) {
    CAPTURE(shape);
    const std::string header = R"({"w":{"dtype":"U8","shape":)" + shape +
                               R"(,"data_offsets":[0,0]},)"
                               R"("x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})";
    CHECK(lacks(complaint(header, "1234"), "\"w\"") == "");
  }
}

TEST_CASE("tensors that overlap or leave gaps are refused") {
  const auto two = [](const std::string& first, const std::string& second) {
    return complaint(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + first +
                         R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + second + "}}",
                     "12345");
  };
  CHECK(lacks(two("[0,2]", "[1,3]"), "overlap or leave gaps") == "");
  CHECK(lacks(two("[0,2]", "[0,2]"), "overlap or leave gaps") == "");
  CHECK(lacks(two("[0,2]", "[3,5]"), "overlap or leave gaps") == "");
  CHECK(lacks(two("[1,3]", "[3,5]"), "overlap or leave gaps") == "");
  CHECK(lacks(two("[2,4]", "[0,2]"), "belongs to no tensor") == "");
}

TEST_CASE("a file that isn't there is named") {
  const TemporaryFolder folder;
  CHECK(wrong_error([&] { Safetensors::read(folder / "none"); },
                    {"cannot read", folder / "none"}) == "");
}

}  // namespace espalier::test
