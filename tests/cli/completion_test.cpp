// espalier completion: what bash offers at places of a command line.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cli/command.h"
#include "tests/cli/help_text.h"

using namespace espalier::test;

namespace {

using Words = std::vector<std::string>;

std::string script(const std::string& shell) {
  const Outcome outcome = run({"completion", shell});
  CHECK(outcome.err == "");
  REQUIRE(outcome.exit_code == 0);
  return outcome.out;
}

std::string quoted(const std::string& word) {
  REQUIRE(word.find('\'') == std::string::npos);
  return "'" + word + "'";
}

/// A folder with the script and some files, in which bash completes.
class Shell {
 public:
  explicit Shell(const std::string& completion = script("bash")) {
    write_text(folder_ / "completion.bash", completion);
    write_text(folder_ / "here/config.json", "");
    write_text(folder_ / "here/of may.csv", "");
    std::filesystem::create_directories(folder_ / "here/runs/small");
  }

  /// What bash offers for the last of `words`, as it splits them; sorted.
  Words offers(const Words& words) const {
    std::string line = "espalier";
    for (const std::string& word : words) line += " " + quoted(word);
    write_text(folder_ / "complete.bash",
               "cd " + quoted(folder_ / "here") + " || exit\n. ../completion.bash\n" +
                   "COMP_WORDS=(" + line + ")\nCOMP_CWORD=" + std::to_string(words.size()) +
                   "\n_espalier\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    const std::string command = "bash --norc --noprofile " + quoted(folder_ / "complete.bash") +
                                " >" + quoted(folder_ / "offers") + " 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
    std::istringstream lines(read_text(folder_ / "offers"));
    Words all;
    for (std::string one; std::getline(lines, one);) {
      if (!one.empty()) all.push_back(one);
    }
    std::ranges::sort(all);
    return all;
  }

 private:
  TemporaryFolder folder_;
};

bool have_bash() {
  if (std::system("command -v bash >/dev/null") == 0) return true;
  MESSAGE("bash isn't installed: not checked");
  return false;
}

const Words everything_here{"config.json", "of may.csv", "runs"};

}  // namespace

TEST_CASE("bash completes commands, and the options that the help of each names") {
  if (!have_bash()) return;
  const Shell shell;
  Words commands;
  for (auto [command, options] : options_of_help()) {
    CAPTURE(command);
    if (!command.empty()) commands.push_back(command);
    std::ranges::sort(options);
    CHECK(shell.offers(command.empty() ? Words{"-"} : Words{command, "-"}) == options);
  }
  CHECK(shell.offers({""}) == commands);
  CHECK(shell.offers({"gra"}) == Words{"gradcheck", "graph"});
  CHECK(shell.offers({"predict", "--ro"}) == Words{"--rolling"});
  CHECK(shell.offers({"nonsense", "-"}) == Words{});
}

TEST_CASE("bash completes files, folders and words of a set") {
  if (!have_bash()) return;
  const Shell shell;
  CHECK(shell.offers({"train", ""}) == everything_here);
  CHECK(shell.offers({"train", "conf"}) == Words{"config.json"});
  CHECK(shell.offers({"train", "--out", ""}) == Words{"runs"});
  CHECK(shell.offers({"predict", ""}) == Words{"runs"});
  CHECK(shell.offers({"predict", "runs/"}) == Words{"runs/small"});
  CHECK(shell.offers({"predict", "runs/small", "--input", "of"}) == Words{"of may.csv"});
  CHECK(shell.offers({"completion", ""}) == Words{"bash", "fish", "zsh"});
  CHECK(shell.offers({"bench", "--model", "dl"}) == Words{"dlinear"});
  // Of these values nothing is known.
  CHECK(shell.offers({"train", "--threads", ""}) == Words{});
  CHECK(shell.offers({"train", "-o", ""}) == Words{});
}

TEST_CASE("bash knows at which place of the command line it is") {
  if (!have_bash()) return;
  const Shell shell;
  // Behind a flag comes no value, behind an option its own and then the argument.
  CHECK(shell.offers({"predict", "--rolling", "r"}) == Words{"runs"});
  CHECK(shell.offers({"predict", "--input", "of may.csv", "r"}) == Words{"runs"});
  CHECK(shell.offers({"train", "-o", "train.epochs", "=", "5", "c"}) == Words{"config.json"});
  CHECK(shell.offers({"train", "-o", "train.epochs", "="}) == Words{});
  CHECK(shell.offers({"train", "-o", "data.path", "=", "c"}) == Words{});
  // --out=r, as bash splits it.
  CHECK(shell.offers({"train", "--out", "="}) == Words{"runs"});
  CHECK(shell.offers({"train", "--out", "=", "r"}) == Words{"runs"});
  CHECK(shell.offers({"train", "--out", "=", "runs", "c"}) == Words{"config.json"});
  // An option that takes all values up to the next.
  CHECK(shell.offers({"bench", "--model", "lstm", "gr"}) == Words{"gru"});
  CHECK(shell.offers({"bench", "--model", "lstm", "--js"}) == Words{"--json"});
  CHECK(shell.offers({"compare", "-", "--merge", "runs", "r"}) == Words{"runs"});
  // With all arguments given, options are what is left.
  const Words left = shell.offers({"check", "config.json", ""});
  CHECK(std::ranges::find(left, "--override") != left.end());
}

TEST_CASE("a script that is wrong is noticed") {
  if (!have_bash()) return;
  std::string wrong = script("bash");
  const std::string right = "'train --out') kind=folder";
  const std::size_t at = wrong.find(right);
  REQUIRE(at != std::string::npos);
  wrong.replace(at, right.size(), "'train --out') kind=file");
  CHECK(Shell(wrong).offers({"train", "--out", ""}) == everything_here);
}

TEST_CASE("the scripts for zsh and fish name every command and option") {
  const std::string zsh = script("zsh");
  const std::string fish = script("fish");
  CHECK(zsh.starts_with("#compdef espalier\n"));
  for (const auto& [command, options] : options_of_help()) {
    if (command.empty()) continue;
    CAPTURE(command);
    const std::size_t begin = zsh.find("\n    " + command + ")\n");
    REQUIRE(begin != std::string::npos);
    const std::string in_zsh = zsh.substr(begin, zsh.find("\n      ;;\n", begin) - begin);
    for (const std::string& option : options) {
      CAPTURE(option);
      CHECK(in_zsh.find(option + "[") != std::string::npos);
      const std::string name =
          option.starts_with("--") ? "-l " + option.substr(2) : "-s " + option.substr(1);
      const std::string start = "-n '__fish_seen_subcommand_from " + command + "'";
      bool in_fish = false;
      std::istringstream lines(fish);
      for (std::string line; std::getline(lines, line);) {
        in_fish |= line.find(start) != std::string::npos &&
                   (line + " ").find(" " + name + " ") != std::string::npos;
      }
      CHECK(in_fish);
    }
  }
}

TEST_CASE("completion for an unknown shell is refused with those there are") {
  const Outcome outcome = run({"completion", "tcsh"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out == "");
  CHECK(outcome.err.find("expected one of bash, zsh, fish, found \"tcsh\"") != std::string::npos);
}
