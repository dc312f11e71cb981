// What the documents point at is there.
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/structure/source_rules.h"

namespace espalier::test {

namespace {

namespace fs = std::filesystem;

const fs::path root = ESPALIER_SOURCE_DIR;

SourceFile document_named(const std::string& path) {
  std::ifstream stream(root / path);
  std::ostringstream text;
  text << stream.rdbuf();
  return {path, text.str()};
}

std::vector<SourceFile> documents() {
  std::vector<SourceFile> all;
  for (const SourceFile& file : files_below({"docs", "data", "bench", "tests"})) {
    if (file.path.ends_with(".md")) all.push_back(file);
  }
  for (const char* name : {"README.md", "CONTRIBUTING.md"}) all.push_back(document_named(name));
  return all;
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> all;
  const std::sregex_iterator end;
  for (std::sregex_iterator found(text.begin(), text.end(), pattern); found != end; ++found) {
    all.push_back((*found)[1]);
  }
  return all;
}

/// Targets of links and pictures that lead to no file; those that lead out of the project aside.
std::vector<std::string> dead_links(const SourceFile& document) {
  static const std::regex link(R"(\[[^\]]+\]\(([^)#\s]+)(#[^)]*)?\))");
  std::vector<std::string> dead;
  for (const std::string& target : matches(document.text, link)) {
    if (target.find("://") != std::string::npos) continue;
    if (!fs::exists(root / fs::path(document.path).parent_path() / target)) dead.push_back(target);
  }
  return dead;
}

/// Source files between `backticks` that aren't there. NAME stands for a name of the reader's:
/// `core/ops/NAME.cpp` is none.
std::vector<std::string> missing_sources(const SourceFile& document) {
  static const std::regex source(
      R"(`((?:core|layers|optim|regularizers|models|apps|capi|tests)/[\w/]+\.\w+)`)");
  std::vector<std::string> missing;
  for (const std::string& path : matches(document.text, source)) {
    if (path.find("NAME") == std::string::npos && !fs::exists(root / path)) missing.push_back(path);
  }
  return missing;
}

}  // namespace

TEST_CASE("links in documents lead to files") {
  std::size_t links = 0;
  for (const SourceFile& document : documents()) {
    CAPTURE(document.path);
    for (const std::string& target : dead_links(document)) FAIL_CHECK("dead link: ", target);
    links += document.text.find("](") != std::string::npos;
  }
  CHECK(links >= 5);
}

TEST_CASE("source files that documents name are there") {
  for (const SourceFile& document : documents()) {
    // The tutorial has its reader make new files.
    if (document.path.starts_with("docs/tutorial/")) continue;
    CAPTURE(document.path);
    for (const std::string& path : missing_sources(document)) FAIL_CHECK("no such file: ", path);
  }
}

TEST_CASE("every data set says where it comes from") {
  std::size_t data_sets = 0;
  const SourceFile readme = document_named("data/README.md");
  for (const SourceFile& file : files_below({"data"})) {
    if (!file.path.ends_with(".csv")) continue;
    const std::string name = fs::path(file.path).filename().string();
    CHECK_MESSAGE(readme.text.find("| `" + name + "` |") != std::string::npos,
                  "data/README.md has no row for ", name);
    ++data_sets;
  }
  CHECK(data_sets >= 2);
}

TEST_CASE("the checks of documents notice what is missing") {
  const SourceFile document{"docs/a.md",
                            "[1](../README.md) [2](nowhere.md#part) ![3](report.png) [4](#here)\n"
                            "[5](https://example.org/nowhere.md) `core/tape.h` `core/tap.h`\n"
                            "`core/ops/NAME.cpp`\n"};
  CHECK(dead_links(document) == std::vector<std::string>{"nowhere.md"});
  CHECK(missing_sources(document) == std::vector<std::string>{"core/tap.h"});
}

}  // namespace espalier::test
