// Files that the command line names for output: what must not or can't be written is refused before
// the work, by every command that has such an option.
#include <filesystem>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cli/bad_input.h"
#include "tests/cli/workplace.h"

using namespace espalier::test;

namespace fs = std::filesystem;

namespace {

/// A command up to its output file, and how the file's name ends.
struct Command {
  std::vector<std::string> words;
  std::string ending;

  Outcome write_to(const Workplace& place, const std::string& path) const {
    std::vector<std::string> arguments = words;
    arguments.push_back(path);
    return place.espalier(arguments);
  }
};

const std::vector<Command>& commands() {
  static const std::vector<Command> all{
      {{"explain", "run", "--html"}, ".html"},
      {{"inspect", "run", "--quiet", "--output"}, ".html"},
      {{"export", "run", "--seconds", "0.001", "--output"}, ".safetensors"},
      {{"evaluate", "run", "--input", "data.csv", "--quiet", "--output"}, ".txt"},
      {{"graph", "config.json", "--output"}, ".dot"},
  };
  return all;
}

}  // namespace

TEST_CASE("places where no file can be made") {
  const Workplace place;
  REQUIRE(place.train().exit_code == 0);
  for (const Command& command : commands()) {
    CAPTURE(command.words[0]);
    fs::create_directory(place / command.words[0]);
    const auto here = [&](const char* name) {
      return command.words[0] + "/" + name + command.ending;
    };
    const auto fault = [&](const std::string& name, const char* what) {
      const Outcome outcome = command.write_to(place, name);
      CHECK(outcome.out == "");
      return fault_of(outcome, usage_wrong, {name + ": ", what, "name another file"});
    };
    fs::create_directory(place / here("folder"));
    CHECK(fault(here("folder"), "it is a directory") == "");
    CHECK(fault("nowhere/file" + command.ending, "there is no folder nowhere") == "");
    CHECK(fault("config.json/file" + command.ending, "there is no folder config.json") == "");
    // Nobody, whatever his rights, makes a file there.
    CHECK(fault("/proc/file" + command.ending, "it can't be written") == "");
    const std::string pipe = place / here("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(fault(here("pipe"), "it is no ordinary file") == "");
    CHECK(fs::is_fifo(pipe));
    fs::create_symlink("away", place / here("dangling"));
    CHECK(fault(here("dangling"), "it is a link to nothing") == "");
    CHECK(fs::is_symlink(place / here("dangling")));
    fs::create_directory((place / here("blocked")) + ".partial");
    CHECK(fault(here("blocked"), "is in the way") == "");
    CHECK(std::distance(fs::directory_iterator(place / command.words[0]), {}) == 4);
    const Outcome unnamed = command.write_to(place, "");
    CHECK(fault_of(unnamed, usage_wrong, {command.words.back()}) == "");
  }
}

TEST_CASE("a link is followed, not replaced") {
  const Workplace place;
  REQUIRE(place.train().exit_code == 0);
  for (const Command& command : commands()) {
    CAPTURE(command.words[0]);
    const std::string file = place / (command.words[0] + "-file" + command.ending);
    const std::string link = command.words[0] + "-link" + command.ending;
    write_text(file, "old");
    fs::create_symlink(file, place / link);
    CHECK(command.write_to(place, link).exit_code == 0);
    CHECK(fs::is_symlink(place / link));
    CHECK(read_text(file) != "old");
  }
}

TEST_CASE("a run and what it was made from are not overwritten") {
  const Workplace place;
  REQUIRE(place.train().exit_code == 0);
  fs::copy_file(place / "run/model/model.safetensors", place / "first.safetensors");
  REQUIRE(place.train({"--force", "-o", "train.init_from=first.safetensors"}).exit_code == 0);
  REQUIRE(place.espalier({"inspect", "run", "--quiet"}).exit_code == 0);
  fs::create_directory_symlink("run", place / "other-name");
  for (const Command& command : commands()) {
    if (command.words[0] == "graph") continue;  // takes names in .dot and .svg alone
    CAPTURE(command.words[0]);
    for (const char* file :
         {"data.csv", "run/metrics.json", "run/config.resolved.json", "run/model/model.safetensors",
          "run/../run/model/config.json", "other-name/forecasts.csv",
          "run/checkpoints/last.safetensors", "first.safetensors"}) {
      CAPTURE(file);
      const std::string before = read_text(place / file);
      CHECK(fault_of(command.write_to(place, file), usage_wrong, {file, "name another file"}) ==
            "");
      CHECK(read_text(place / file) == before);
    }
    const bool own_page = command.words[0] == "inspect";
    CHECK(command.write_to(place, "run/inspect.html").exit_code == (own_page ? 0 : usage_wrong));
  }
  fs::remove(place / "run/inspect.html");
  fs::create_directory(place / "run/inspect.html");
  CHECK(fault_of(place.espalier({"inspect", "run"}), usage_wrong,
                 {"run/inspect.html: it is a directory", "with --output"}) == "");
  // What a graph is drawn from has a name that would do, too.
  write_text(place / "config.dot", small_config);
  write_text(place / "data.dot", small_csv());
  fs::copy_file(place / "first.safetensors", place / "first.dot");
  for (const char* file : {"config.dot", "data.dot", "first.dot"}) {
    CAPTURE(file);
    const std::string before = read_text(place / file);
    const Outcome outcome = place.espalier({"graph", "config.dot", "-o", "data.path=data.dot", "-o",
                                            "train.init_from=first.dot", "--output", file});
    CHECK(fault_of(outcome, usage_wrong, {file, "name another file"}) == "");
    CHECK(read_text(place / file) == before);
  }
}
