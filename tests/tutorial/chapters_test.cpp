// The tutorial's programs run, and its chapters show what they are and what they print.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace espalier::test {

namespace {

namespace fs = std::filesystem;

const std::string source_folder = ESPALIER_SOURCE_DIR;

std::string read(const std::string& path) {
  std::ifstream file(source_folder + "/" + path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// What stands in every block of a Markdown text that opens with ```language.
std::vector<std::string> blocks_of(const std::string& text, const std::string& language) {
  std::vector<std::string> blocks;
  bool fenced = false;
  bool wanted = false;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("```")) {
      wanted = !fenced && line == "```" + language;
      fenced = !fenced;
      if (wanted) blocks.emplace_back();
    } else if (wanted) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

// Each check returns an empty text, or what is wrong.

/// Every ```cpp block must be successive lines of the program, and there must be one.
std::string wrong_code(const std::string& chapter, const std::string& program) {
  const std::vector<std::string> blocks = blocks_of(chapter, "cpp");
  for (const std::string& block : blocks) {
    if (("\n" + program).find("\n" + block) == std::string::npos) return "not in it:\n" + block;
  }
  return blocks.empty() ? "no code is shown" : "";
}

/// The only ```text block must be what the program prints, after the command that runs it.
std::string wrong_output(const std::string& chapter, const std::string& name,
                         const std::string& printed) {
  const std::string command = "\nbuild/release/tutorial/" + name + "\n```\n";
  const std::size_t run = chapter.find(command);
  if (run == std::string::npos) return "the command is not shown";
  const std::vector<std::string> shown = blocks_of(chapter.substr(run + command.size()), "text");
  if (shown.size() != 1) return "expected one block of text after the command";
  return shown.front() == printed ? ""
                                  : "it prints\n" + printed + "and the text shows\n" + shown[0];
}

/// What a ```diff block keeps or removes must stand, hunk by hunk, in the file it opens with:
/// "--- path"; "@@" parts hunks.
std::string wrong_diff(const std::string& block) {
  std::string path;
  std::vector<std::string> hunks(1);
  for (const std::string& line : lines_of(block)) {
    if (line.starts_with("--- ")) {
      path = line.substr(4);
    } else if (line.starts_with("@@")) {
      hunks.emplace_back();
    } else if (!line.starts_with("+")) {
      hunks.back() += (line.empty() ? line : line.substr(1)) + "\n";
    }
  }
  const std::string source = "\n" + read(path);
  for (const std::string& hunk : hunks) {
    if (hunk.empty() || source.find("\n" + hunk) == std::string::npos) {
      return path + " has no\n" + hunk;
    }
  }
  return "";
}

/// What a program says when it is started in the root of the source tree.
std::string output_of(const std::string& program) {
  const std::string command = "cd '" + source_folder + "' && '" + program + "' 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  CHECK(::pclose(pipe) == 0);
  return text;
}

/// Names of the chapters: 1_scalar_tape, …
std::vector<std::string> chapters() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(source_folder + "/docs/tutorial")) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".md" && name != "README") names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("every chapter shows its program's lines and what it prints") {
  CHECK(chapters().size() == 5);
  for (const std::string& name : chapters()) {
    CAPTURE(name);
    const std::string chapter = read("docs/tutorial/" + name + ".md");
    const std::string program = read("docs/tutorial/" + name + ".cpp");
    CHECK(lines_of(program).size() <= 80);
    CHECK(wrong_code(chapter, program) == "");
    CHECK(wrong_output(chapter, name, output_of(ESPALIER_TUTORIAL_FOLDER "/" + name)) == "");
    CHECK(read("docs/tutorial/README.md").find("](" + name + ".md)") != std::string::npos);
  }
}

TEST_CASE("edits that chapters ask for fit the files") {
  std::size_t edits = 0;
  for (const std::string& name : chapters()) {
    for (const std::string& block : blocks_of(read("docs/tutorial/" + name + ".md"), "diff")) {
      CHECK(wrong_diff(block) == "");
      ++edits;
    }
  }
  CHECK(edits >= 2);
}

TEST_CASE("the checks notice one line that is off") {
  const std::string program = "int main() {\n  return 0;\n}\n";
  const std::string chapter =
      "# One\n```cpp\n  return 0;\n```\n```sh\nbuild/release/tutorial/one\n```\nprints\n"
      "```text\n4.00\n```\n";
  CHECK(wrong_code(chapter, program) == "");
  CHECK(wrong_code(chapter, "int main() {\n  return 1;\n}\n") != "");
  CHECK(wrong_code(chapter, "int main() {\n    return 0;\n}\n") != "");
  CHECK(wrong_code("# One\n", program) != "");
  CHECK(wrong_output(chapter, "one", "4.00\n") == "");
  CHECK(wrong_output(chapter, "one", "4.01\n") != "");
  CHECK(wrong_output(chapter, "two", "4.00\n") != "");
  CHECK(wrong_output(chapter + "```text\n4.00\n```\n", "one", "4.00\n") != "");
  const std::string edit = "--- test.sh\n set -eu\n+set -x\n cd \"$(dirname \"$0\")\"\n";
  CHECK(wrong_diff(edit) == "");
  CHECK(wrong_diff(edit + "-\n@@\n-no such line\n") != "");
  CHECK(wrong_diff("--- no/such/file\n set -eu\n") != "");
}

}  // namespace espalier::test
