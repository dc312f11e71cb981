#include "tests/structure/source_rules.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace espalier::test;

namespace {

const std::vector<std::string> folders{"core",   "layers", "optim", "regularizers",
                                       "models", "apps",   "capi"};

std::vector<SourceFile> all_sources() {
  static const std::vector<SourceFile> files = files_below(folders);
  return files;
}

/// Nothing to report, or the violations one below the other.
std::string listed(const std::vector<std::string>& violations) {
  std::string text;
  for (const std::string& violation : violations) text += "\n" + violation;
  return text;
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

TEST_CASE("includes respect the order of the folders") {
  std::vector<std::string> wrong;
  for (const SourceFile& file : all_sources()) {
    if (is_cpp(file)) append(wrong, wrong_includes(file));
  }
  CHECK(listed(wrong) == "");
}

TEST_CASE("folders inside apps depend on each other one way") {
  CHECK(listed(circular_includes(all_sources())) == "");
}

TEST_CASE("no folder but its own names a plugin") {
  const std::vector<SourceFile> plugins = files_below({"regularizers"});
  const std::vector<std::string> names = registered_names(plugins);
  REQUIRE(names.size() >= 3);
  std::vector<SourceFile> elsewhere =
      files_below({"core", "layers", "optim", "models", "apps", "capi", "cmake"});
  std::vector<std::string> wrong;
  for (const std::string& name : names) {
    // "none" is a common word, and "pruning" what the project is about: their names in code are
    // looked for instead.
    const bool common = name == "none" || name == "pruning";
    for (const SourceFile& file : elsewhere) {
      append(wrong, common ? mentions(file, name + "_entry")
                           : mentions(file, name, own_settings(file, elsewhere)));
      if (common) append(wrong, mentions(file, "regularizers/" + name));
    }
  }
  CHECK(listed(wrong) == "");
}

TEST_CASE("files stay short enough to be read at one go") {
  std::vector<std::string> wrong;
  for (const SourceFile& file : all_sources()) append(wrong, too_long(file, 300));
  CHECK(listed(wrong) == "");
}

TEST_CASE("no source file is left out of the build") {
  std::vector<std::string> wrong;
  std::size_t build_files = 0;
  for (const SourceFile& file : all_sources()) {
    if (!file.path.ends_with("/CMakeLists.txt")) continue;
    append(wrong, not_built(file, all_sources()));
    ++build_files;
  }
  CHECK(build_files == folders.size());
  CHECK(listed(wrong) == "");
}

TEST_CASE("the rules notice what breaks them") {
  const auto includes = [](const char* path, const char* header) {
    return wrong_includes({path, std::string("#pragma once\n  #  include ") + header + "\n"});
  };
  const SourceFile a{"apps/a/a.cpp", "#include \"apps/b/b.h\"\n#include \"apps/a/more.h\"\n"};
  const SourceFile b{"apps/b/b.h", "#include \"apps/c/c.h\"\n#include \"apps/notice.h\"\n"};
  CHECK(circular_includes({a, b}).empty());
  const auto circle = circular_includes({a, b, {"apps/c/c.cpp", "#include \"apps/a/a.h\"\n"}});
  REQUIRE(circle.size() == 3);
  CHECK(circle.front() == "apps/a/a.cpp: apps/b leads back to apps/a");
  CHECK(includes("core/tape.h", "\"optim/adam.h\"").size() == 1);
  CHECK(includes("core/tape.h", "\"optim/adam.h\"").front() ==
        "core/tape.h:2: core may not include optim/adam.h");
  CHECK(includes("core/tape.h", "\"core/arena.h\"").empty());
  CHECK(includes("core/tape.h", "\"arena.h\"").size() == 1);
  CHECK(includes("core/tape.h", "\"../core/arena.h\"").size() == 1);
  CHECK(includes("layers/lstm.h", "\"optim/adam.h\"").size() == 1);
  CHECK(includes("optim/adam.cpp", "\"regularizers/registry.h\"").size() == 1);
  CHECK(includes("regularizers/a.cpp", "\"layers/lstm.h\"").size() == 1);
  CHECK(includes("models/lstm.cpp", "\"regularizers/registry.h\"").size() == 1);
  CHECK(includes("models/lstm.cpp", "\"apps/config/config.h\"").size() == 1);
  CHECK(includes("apps/main.cpp", "\"tests/support/array.h\"").size() == 1);
  CHECK(includes("apps/main.cpp", "\"capi/espalier.h\"").size() == 1);
  CHECK(includes("core/tape.h", "<espalier/core/arena.h>").size() == 1);
  CHECK(includes("core/tape.h", "<vector>").empty());
  CHECK(includes("core/tensor.cpp", "<nlohmann/json.hpp>").size() == 1);
  CHECK(includes("core/safetensors.cpp", "<nlohmann/json.hpp>").empty());
  CHECK(includes("layers/linear.cpp", "<cblas.h>").size() == 1);
  CHECK(includes("core/blas.cpp", "<cblas.h>").empty());
  CHECK(includes("core/settings.cpp", "<fmt/format.h>").size() == 1);

  for (const char* line :
       {"WeightDecay w;", "\"weight_decay\"", "// a weight decay", "weight-decay"}) {
    CHECK(mentions({"core/a.h", line}, "weight_decay").size() == 1);
  }
  CHECK(mentions({"core/a.h", "the decay of a weight"}, "weight_decay").empty());
  const SourceFile own{"optim/a.cpp", "{.name = \"weight_decay\",\n .type = SettingType::number}"};
  const SourceFile header{"optim/a.h", "double weight_decay, weight_decay_;\nWeightDecay d;"};
  const SourceFile other{"optim/b.cpp", "double weight_decay;"};
  const std::vector<SourceFile> both{own, header, other};
  const auto mentions_in = [&](const SourceFile& file) {
    return mentions(file, "weight_decay", own_settings(file, both)).size();
  };
  CHECK(mentions_in(own) == 0);
  CHECK(mentions_in(header) == 1);
  CHECK(mentions_in(other) == 1);
  for (const char* line : {"weight_decay_entry()", "a weight decay", "\"Weight_Decay\""}) {
    CHECK(mentions_in({"optim/a.h", line}) == 1);
  }
  CHECK(registered_names(
            {{"r.cpp", "{{.name = \"one\",\n .summary = \"\"}, {.name = \"lr\", .type"}}) ==
        std::vector<std::string>{"one"});

  CHECK(too_long({"core/a.h", "1\n2\n3\n"}, 3).empty());
  CHECK(too_long({"core/a.h", "1\n2\n3\n4\n"}, 3).size() == 1);

  const std::vector<SourceFile> sources{
      {"core/a.cpp", ""}, {"core/ops/b.cpp", ""}, {"core/a.h", ""}};
  CHECK(not_built({"core/CMakeLists.txt", "f(core SOURCES a.cpp ops/b.cpp)"}, sources).empty());
  CHECK(not_built({"core/CMakeLists.txt", "f(core SOURCES aa.cpp ops/b.cpp)"}, sources).size() ==
        1);
  CHECK(not_built({"core/CMakeLists.txt", "f(core SOURCES a.cpp b.cpp)"}, sources).size() == 1);
}
