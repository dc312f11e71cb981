#include "core/atomic_file.h"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace espalier::test {

namespace {

std::size_t files_in(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a written file reads back byte for byte and leaves nothing beside it") {
  const TemporaryFolder folder;
  const std::string path = folder / "data";
  std::string content = "first line\n";
  content += '\0';
  content += "\xff\r\nno end of line";
  write_file_atomically(path, content);
  CHECK(read_file(path) == content);
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a file is replaced, by a longer, a shorter and an empty one") {
  const TemporaryFolder folder;
  const std::string path = folder / "data";
  for (const std::string& content :
       {std::string("short"), std::string(300'000, 'x'), std::string("y"), std::string()}) {
    write_file_atomically(path, content);
    CHECK(read_file(path) == content);
  }
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a leftover of an interrupted write is overwritten") {
  const TemporaryFolder folder;
  const std::string path = folder / "data";
  write_file_atomically(path + ".partial", "a long leftover from before");
  write_file_atomically(path, "new");
  CHECK(read_file(path) == "new");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("when the disk is full the old file survives and the message says why") {
  if (!std::filesystem::exists("/dev/full")) return;
  const TemporaryFolder folder;
  const std::string path = folder / "data";
  write_file_atomically(path, "old");
  std::filesystem::create_symlink("/dev/full", path + ".partial");
  CHECK(wrong_error([&] { write_file_atomically(path, "new"); },
                    {"cannot write", path, "No space left"}) == "");
  CHECK(read_file(path) == "old");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a path that can't be written is named with the reason") {
  const TemporaryFolder folder;
  const std::string missing = folder / "no/such/file";
  CHECK(wrong_error([&] { write_file_atomically(missing, "x"); },
                    {"cannot write", missing, "No such file or directory"}) == "");
}

TEST_CASE("a folder is never replaced by a file") {
  const TemporaryFolder folder;
  const std::string path = folder / "taken";
  std::filesystem::create_directory(path);
  CHECK(wrong_error([&] { write_file_atomically(path, "x"); }, {"cannot replace", path}) == "");
  CHECK(std::filesystem::is_directory(path));
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a file that can't be read is named with the reason") {
  const TemporaryFolder folder;
  const std::string missing = folder / "missing";
  CHECK(wrong_error([&] { read_file(missing); },
                    {"cannot read", missing, "No such file or directory"}) == "");
  CHECK(wrong_error([&] { read_file(folder.path().string()); },
                    {"cannot read", "Is a directory"}) == "");
}

}  // namespace espalier::test
