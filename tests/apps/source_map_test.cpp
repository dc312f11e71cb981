#include "apps/config/source_map.h"

#include <array>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace espalier {
namespace {

std::string place(const std::optional<Position>& position) {
  if (!position) return "nowhere";
  return std::to_string(position->line) + ":" + std::to_string(position->column);
}

/// "line:column message" of the error, or "fine".
std::string text_error(const std::string& text) {
  try {
    const SourceMap map(text);
    return "fine";
  } catch (const SyntaxError& error) {
    return place(error.position()) + " " + error.what();
  }
}

TEST_CASE("every key and value has its place") {
  const SourceMap map(
      "{\n"
      "  // a comment with \"quotes\" and }\n"
      "  \"a\": 1, /* two\n"
      "  lines */ \"b\": [true, {\"c~/\": \"x\"}],\n"
      "\t\"\": null\n"
      "}\n");
  CHECK(place(map.value("")) == "1:1");
  CHECK(place(map.key("/a")) == "3:3");
  CHECK(place(map.value("/a")) == "3:8");
  CHECK(place(map.key("/b")) == "4:12");
  CHECK(place(map.value("/b")) == "4:17");
  CHECK(place(map.value("/b/0")) == "4:18");
  CHECK(place(map.value("/b/1")) == "4:24");
  CHECK(place(map.key("/b/1/c~0~1")) == "4:25");
  CHECK(place(map.value("/b/1/c~0~1")) == "4:32");
  CHECK(place(map.key("/")) == "5:2");
  CHECK(place(map.value("/b/2")) == "nowhere");
  CHECK(place(map.key("/b/1")) == "nowhere");
  CHECK(map.duplicates().empty());
}

TEST_CASE("columns count characters, not bytes, and line breaks may be CRLF") {
  const SourceMap map("{\"ä€😀\": 1,\r\n \"b\": 2}");
  CHECK(place(map.value("/ä€😀")) == "1:9");
  CHECK(place(map.value("/b")) == "2:7");
}

TEST_CASE("a byte order mark takes no column") {
  CHECK(place(SourceMap("\xEF\xBB\xBF{\"a\": 1}").value("/a")) == "1:7");
}

TEST_CASE("keys given twice are found, with both places") {
  const SourceMap map("{\"a\": {\"x\": 1},\n \"b\": 2,\n \"a\": {\"x\": 3, \"\\u0078\": 4}}");
  REQUIRE(map.duplicates().size() == 2);
  // The x of the first "a" and that of the second are different keys.
  CHECK(map.duplicates()[0].pointer == "/a");
  CHECK(place(map.duplicates()[0].first) == "1:2");
  CHECK(place(map.duplicates()[0].again) == "3:2");
  CHECK(map.duplicates()[1].pointer == "/a/x");
  CHECK(place(map.duplicates()[1].first) == "3:8");
  CHECK(place(map.duplicates()[1].again) == "3:16");
  // The last one counts, as in nlohmann_json.
  CHECK(place(map.value("/a")) == "3:7");
}

TEST_CASE("syntax errors say where, what was found and what was expected") {
  struct Case {
    const char* text;
    const char* error;
  };
  const std::array cases{
      Case{"{\"a\": 1,\n}", "1:8 no comma may stand before the closing '}': remove it"},
      Case{"{\"a\": [1, 2, ]}", "1:12 no comma may stand before the closing ']': remove it"},
      Case{"{\"a\": 1,, \"b\": 2}", "1:9 two commas in a row: remove one"},
      Case{"{\"a\": 1\n \"b\": 2}",
           "2:2 expected ',' or '}' after the value of \"a\", found the text \"b\""},
      Case{"[1 2]", "1:4 expected ',' or ']' after entry 0 of the list, found the number 2"},
      Case{"{\"a\" 1}", "1:6 expected ':' after the key \"a\", found the number 1"},
      Case{"{\"a\": }", "1:7 expected the value of \"a\", found '}'"},
      Case{"{a: 1}", "1:2 expected a key in double quotes, found \"a\""},
      Case{"{1: 1}", "1:2 expected a key in double quotes, found the number 1"},
      Case{"{\"a\": 'x'}", "1:7 a text starts with a double quote (\"), found a single quote (')"},
      Case{"{\n\"a\": 1", "1:1 this '{' is never closed: expected '}' before the end of the file"},
      Case{"{\"a\": [1,", "1:7 this '[' is never closed: expected ']' before the end of the file"},
      Case{"[1, :]", "1:5 expected a value or ']', found ':'"},
      Case{"{\"a\": \"x}\n",
           "1:7 this text is never closed: expected a double quote (\") on the "
           "same line"},
      Case{"{\"a\": 1} }", "1:10 expected nothing more after the end of the JSON value, found '}'"},
      Case{"[True]", "1:2 \"True\" is not JSON: did you mean true?"},
      Case{"[None]", "1:2 \"None\" is not JSON: did you mean null?"},
      Case{"[NaN]", "1:2 \"NaN\" is not JSON: a number must be finite"},
      Case{"[lstm]", "1:2 \"lstm\" is not a JSON value: a text needs double quotes"},
      Case{"[.5]", "1:2 \".5\" is not a JSON number: write it like 12, 0.5, -3 or 1e-3"},
      Case{"[012]", "1:2 \"012\" is not a JSON number: write it like 12, 0.5, -3 or 1e-3"},
      Case{"[1e400]", "1:2 1e400 is too large: a number must be below about 1.8e308"},
      Case{"[\"C:\\data\"]",
           "1:5 a backslash in a text must start one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX: "
           "write \\\\ for the backslash itself"},
      Case{"[\"\\uD800\"]",
           "1:2 this text has a wrong \\u escape: expected four hexadecimal "
           "digits (and a pair of them above U+FFFF)"},
      Case{"[\"a\tb\"]", "1:4 a text cannot hold the bare control character \\u0009: write \\t"},
      Case{"[1] /* x", "1:5 this comment is never closed: expected \"*/\""},
      Case{"# x\n[]", "1:1 unexpected '#': a comment starts with \"//\" or \"/*\""},
      Case{"[1 / 2]", "1:4 unexpected '/': a comment starts with \"//\" or \"/*\""},
      Case{"[€]", "1:2 unexpected character \"€\""},
      Case{"", "1:1 expected a value, found the end of the file"},
  };
  for (const Case& bad : cases) {
    CAPTURE(bad.text);
    CHECK(text_error(bad.text) == bad.error);
  }
}

TEST_CASE("nesting is bounded, so that no text can exhaust the stack") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(text_error(nested(100)) == "fine");
  CHECK(text_error(nested(101)) == "1:101 nested more than 100 deep");
  CHECK(text_error(std::string(100000, '[')) == "1:101 nested more than 100 deep");
}

TEST_CASE("the map accepts and refuses what nlohmann_json does") {
  // Every text that one wrong, missing or added character makes of a sound one.
  const std::string sound = "{\"a\": [1, -2.5e+3, true], // c\n\"b\": {\"c\\n\": null}}";
  const std::string replacements = "{}[]:,\"\\/ \n0-.eat*";
  const auto agree = [](const std::string& text) {
    const bool ours = text_error(text) == "fine";
    return ours == nlohmann::json::accept(text, true);
  };
  REQUIRE(agree(sound));
  std::size_t refused = 0;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    std::string shorter = sound;
    shorter.erase(i, 1);
    CAPTURE(shorter);
    CHECK(agree(shorter));
    for (const char c : replacements) {
      std::string changed = sound;
      changed[i] = c;
      CAPTURE(changed);
      CHECK(agree(changed));
      std::string longer = sound;
      longer.insert(i, 1, c);
      CAPTURE(longer);
      CHECK(agree(longer));
      if (text_error(changed) != "fine") ++refused;
    }
  }
  // Otherwise the comparison would prove little.
  CHECK(refused > 300);
}

}  // namespace
}  // namespace espalier
