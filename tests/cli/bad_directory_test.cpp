#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "core/real.h"
#include "tests/cli/bad_input.h"
#include "tests/cli/workplace.h"

using namespace espalier::test;

TEST_CASE("a directory that holds something is neither mixed nor lost") {
  const Workplace place;
  write_text(place / "run/diary.txt", "dear diary");
  CHECK(fault_of(place.train(), usage_wrong, {"not empty", "--resume", "--force"}) == "");
  CHECK(fault_of(place.train({"--force"}), usage_wrong, {"no run", "--out"}) == "");
  CHECK(fault_of(place.train({"--resume"}), usage_wrong, {"no run to resume", "--out"}) == "");
  CHECK(read_text(place / "run/diary.txt") == "dear diary");
  CHECK(std::distance(std::filesystem::directory_iterator(place / "run"), {}) == 1);
}

TEST_CASE("an earlier run is only replaced on demand") {
  const Workplace place;
  REQUIRE(place.train().exit_code == 0);
  write_text(place / "run/diary.txt", "dear diary");
  const std::string metrics = read_text(place / "run/metrics.json");
  CHECK(fault_of(place.train(), usage_wrong, {"run", "--resume", "--force"}) == "");
  CHECK(fault_of(place.train({"--resume", "--seed", "7"}), usage_wrong,
                 {"another config", "\"seed\": 42, there", "\"seed\": 7, now"}) == "");
  write_text(place / "data.csv", small_csv(201));
  CHECK(fault_of(place.train({"--resume"}), usage_wrong, {"data.csv has changed"}) == "");
  CHECK(read_text(place / "run/metrics.json") == metrics);

  CHECK(place.train({"--force", "--seed", "7"}).exit_code == 0);
  CHECK(read_text(place / "run/metrics.json") != metrics);
  CHECK(read_text(place / "run/diary.txt") == "dear diary");
}

TEST_CASE("a damaged run is not resumed") {
  const Workplace place;
  const auto damaged = [&place](const std::string& file, std::size_t keep,
                                const std::vector<std::string>& words) {
    CAPTURE(file);
    REQUIRE(place.train({"--force"}).exit_code == 0);
    write_text(place / "run/" + file, read_text(place / "run/" + file).substr(0, keep));
    CHECK(fault_of(place.train({"--resume"}), run_failed, words) == "");
  };
  damaged("checkpoints/last.safetensors", 500, {"last.safetensors", "safetensors file"});
  damaged("checkpoints/last.safetensors", 0, {"last.safetensors", "0 bytes"});
  damaged("metrics.jsonl", 10, {"metrics.jsonl has 10 bytes", "--force"});
}

TEST_CASE("a damaged meta.json is told, not taken for other data") {
  const Workplace place;
  REQUIRE(place.train().exit_code == 0);
  for (const char* text : {"", "{\"data\": {\"sha256\": 5}}"}) {
    write_text(place / "run/meta.json", text);
    CHECK(fault_of(place.train({"--resume"}), run_failed, {"meta.json", "damaged"}) == "");
  }
}

TEST_CASE("--force doesn't remove what it is about to read") {
  const Workplace place;
  REQUIRE(place.train().exit_code == 0);
  const std::string weights = read_text(place / "run/model/model.safetensors");
  const Outcome refused =
      place.train({"--force", "-o", "train.init_from=run/model/model.safetensors"});
  CHECK(fault_of(refused, usage_wrong, {"model.safetensors", "--out"}) == "");
  CHECK(read_text(place / "run/model/model.safetensors") == weights);
}

TEST_CASE("standard streams that are closed or full neither stop a run nor get into its files") {
  const Workplace place;
  REQUIRE(place.train().exit_code == 0);
  const std::string metrics = read_text(place / "run/metrics.jsonl");
  const auto loud = [&place](Surroundings around) {
    around.folder = place.folder();
    return run({"train", "config.json", "--out", "run", "--force"}, around).exit_code;
  };
  CHECK(loud({.err_to = "/dev/full"}) == 0);
  CHECK(read_text(place / "run/metrics.jsonl") == metrics);
  loud({.streams_closed = true});
  CHECK(read_text(place / "run/metrics.jsonl") == metrics);
}

TEST_CASE("directories that can't be made or written") {
  const Workplace place;
  write_text(place / "file", "");
  const auto train_into = [&place](const std::string& out) {
    return run({"train", "config.json", "--quiet", "--out", out}, {.folder = place.folder()});
  };
  CHECK(fault_of(train_into("file"), run_failed, {"file", "--out"}) == "");
  CHECK(fault_of(train_into("file/run"), run_failed, {"file/run", "Not a directory"}) == "");
  CHECK(fault_of(train_into("/proc/run"), run_failed, {"/proc/run", "--out"}) == "");
  CHECK(fault_of(train_into(std::string(300, 'x')), run_failed, {"name too long"}) == "");
  if (::geteuid() == 0) return;  // root may write everywhere
  std::filesystem::create_directory(place / "closed");
  std::filesystem::permissions(
      place / "closed", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  CHECK(fault_of(train_into("closed"), run_failed, {"closed", "Permission denied"}) == "");
}

TEST_CASE("two processes don't work in one directory") {
  const Workplace place;
  std::filesystem::create_directory(place / "run");
  const int lock = ::open((place / "run").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(::flock(lock, LOCK_EX) == 0);
  CHECK(fault_of(place.train(), run_failed, {"another process", "run"}) == "");
  CHECK(fault_of(place.train({"--force"}), run_failed, {"another process"}) == "");
  ::close(lock);
  CHECK(place.train().exit_code == 0);
}

TEST_CASE("a disk that is full is told, and a later resume goes on") {
  const Workplace reference;
  const Outcome expected = reference.train({});
  REQUIRE(expected.exit_code == 0);
  std::size_t refused = 0;
  for (const std::uint64_t size : {0U, 50U, 700U, 1000U, 2000U, 4000U, 6000U}) {
    CAPTURE(size);
    const Workplace place;
    const Outcome outcome = place.train({}, {.largest_file = size});
    if (outcome.exit_code != 0) {
      ++refused;
      CHECK(fault_of(outcome, run_failed, {"cannot write run/", "File too large"}) == "");
    }
    const Outcome resumed = place.train({"--resume"});
    CHECK(resumed.exit_code == 0);
    CHECK(resumed.out == expected.out);
    CHECK(read_text(place / "run/metrics.json") == read_text(reference / "run/metrics.json"));
  }
  CHECK(refused >= 4);
}

TEST_CASE("a result that can't be told is an error") {
  const Workplace place;
  const auto told_to_full_disk = [&place](std::vector<std::string> arguments) {
    return run(arguments, {.folder = place.folder(), .out_to = "/dev/full"});
  };
  const std::vector<std::string> words{"standard output", "No space left"};
  CHECK(fault_of(told_to_full_disk({"train", "config.json", "--quiet"}), run_failed, words) == "");
  CHECK(fault_of(told_to_full_disk({"check", "config.json"}), run_failed, words) == "");
  CHECK(fault_of(told_to_full_disk({"list"}), run_failed, words) == "");
  CHECK(fault_of(told_to_full_disk({"list", "--json"}), run_failed, words) == "");
  CHECK(fault_of(told_to_full_disk({"schema"}), run_failed, words) == "");
  CHECK(exists(place / "runs/small/metrics.json"));
}

TEST_CASE("training that diverges stops, says what to do, and keeps what there is") {
  const Workplace place;
  // In double 1e30 can still be squared.
  const bool wide = sizeof(espalier::real) == sizeof(double);
  const Outcome outcome =
      place.train({"-o", std::string("optimizer.lr=").append(wide ? "1e300" : "1e30")});
  CHECK(fault_of(outcome, run_failed, {"not finite", "epoch 1", "optimizer.lr"}) == "");
  CHECK(exists(place / "run/config.resolved.json"));
  CHECK_FALSE(exists(place / "run/metrics.json"));
}
