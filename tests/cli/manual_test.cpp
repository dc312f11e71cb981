// espalier manual: a page that holds all of the command line, and that roff reads without a
// warning.
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cli/command.h"
#include "tests/cli/help_text.h"

using namespace espalier::test;

namespace {

std::string page() {
  const Outcome outcome = run({"manual"});
  CHECK(outcome.err == "");
  REQUIRE(outcome.exit_code == 0);
  return outcome.out;
}

/// As a reader sees it: roff's fonts and hyphens gone.
std::string plain(std::string roff) {
  roff = std::regex_replace(roff, std::regex(R"(\\f[BIR])"), "");
  return std::regex_replace(roff, std::regex(R"(\\-)"), "-");
}

/// The page's section on a command; on none, all of it.
std::string section(const std::string& page, const std::string& command) {
  if (command.empty()) return page;
  const std::size_t begin = page.find("\n.SS espalier " + command + "\n");
  if (begin == std::string::npos) return "";
  return page.substr(begin, page.find("\n.S", begin + 1) - begin);
}

/// Options of the command line's help that the page doesn't tell of, as "train --out".
std::vector<std::string> untold(const std::string& page) {
  std::vector<std::string> untold;
  for (const auto& [command, options] : options_of_help()) {
    const std::string text = section(page, command);
    if (text.empty()) untold.push_back(command);
    for (const std::string& option : options) {
      // --help is told once.
      if (!command.empty() && (option == "-h" || option == "--help")) continue;
      const std::regex heading("\n" + std::string(R"(\.TP\n([^\n]*, )?)") + option + "[ ,\n]");
      if (!std::regex_search(text, heading)) untold.push_back(command + " " + option);
    }
  }
  return untold;
}

bool have(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null").c_str()) == 0;
}

/// What groff has to say of a page.
std::string warnings(const std::string& page) {
  const TemporaryFolder folder;
  write_text(folder / "page.1", page);
  const std::string command =
      "groff -ww -mandoc -z " + (folder / "page.1") + " >" + (folder / "said") + " 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  return read_text(folder / "said");
}

}  // namespace

TEST_CASE("every command and every option of the help is in the manual") {
  const std::string text = plain(page());
  CHECK(options_of_help().size() >= 13);
  CHECK(untold(text) == std::vector<std::string>{});
}

TEST_CASE("what the manual lacks is noticed") {
  std::string text = plain(page());
  const std::size_t option = text.find("\n--rolling\n");
  REQUIRE(option != std::string::npos);
  text.replace(option, 11, "\n--rollin\n");
  const std::size_t command = text.find("\n.SS espalier schema\n");
  REQUIRE(command != std::string::npos);
  text.replace(command, 5, "\n.SH ");
  CHECK(untold(text) ==
        std::vector<std::string>{"predict --rolling", "schema", "schema --comparison"});
}

TEST_CASE("checks, sets and exclusions are in the manual") {
  const std::string text = plain(page());
  CHECK(section(text, "train").find("N: 1 to 1024.") != std::string::npos);
  CHECK(section(text, "train").find("Not together with --force.") != std::string::npos);
  CHECK(section(text, "completion").find("One of bash, zsh, fish.") != std::string::npos);
  CHECK(section(text, "evaluate").find("\nRequired.") != std::string::npos);
  CHECK(text.find("\nespalier evaluate [OPTION ...] --input FILE RUN\n") != std::string::npos);
}

TEST_CASE("the manual has the sections that one looks for, and every exit code") {
  const std::string text = page();
  for (const char* name : {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS",
                           "FILES", "ENVIRONMENT", "EXAMPLES"}) {
    CAPTURE(name);
    CHECK(text.find("\n.SH " + std::string(name) + "\n") != std::string::npos);
  }
  const std::string codes = read_text(ESPALIER_SOURCE_DIR "/apps/cli/exit_codes.h");
  const std::regex code(R"(constexpr int \w+ = (\d+);)");
  std::size_t found = 0;
  for (std::sregex_iterator one(codes.begin(), codes.end(), code), end; one != end;
       ++one, ++found) {
    CHECK(text.find(".TP\n\\fB" + (*one)[1].str() + "\\fR\n") != std::string::npos);
  }
  CHECK(found >= 4);
}

TEST_CASE("the environment variables that the sources read are in the manual") {
  const std::string text = page();
  const std::regex read(R"re(getenv\("(\w+)"\))re");
  std::size_t found = 0;
  for (const char* folder : {"/core", "/layers", "/optim", "/regularizers", "/models", "/apps"}) {
    const std::string root = std::string(ESPALIER_SOURCE_DIR) + folder;
    for (const auto& file : std::filesystem::recursive_directory_iterator(root)) {
      if (file.path().extension() != ".cpp") continue;
      const std::string source = read_text(file.path().string());
      for (std::sregex_iterator one(source.begin(), source.end(), read), end; one != end; ++one) {
        CHECK(text.find(".TP\n\\fB" + (*one)[1].str() + "\\fR\n") != std::string::npos);
        ++found;
      }
    }
  }
  CHECK(found >= 1);
}

TEST_CASE("groff has no warning for the manual") {
  if (!have("groff")) {
    MESSAGE("groff isn't installed: not checked");
    return;
  }
  const std::string text = page();
  for (const char c : text) REQUIRE(static_cast<unsigned char>(c) < 0x80);
  CHECK(warnings(text) == "");
  CHECK(warnings(text + ".NOSUCHMACRO\n") != "");
}
