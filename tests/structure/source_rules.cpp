#include "tests/structure/source_rules.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace espalier::test {

namespace fs = std::filesystem;

namespace {

/// Which folders each may include, itself aside.
const std::map<std::string, std::set<std::string>> allowed_folders{
    {"core", {}},
    {"layers", {"core"}},
    {"optim", {"core"}},
    {"regularizers", {"core", "optim"}},
    {"models", {"core", "layers"}},
    {"apps", {"core", "layers", "optim", "regularizers", "models"}},
    {"capi", {"core", "layers", "optim", "regularizers", "models", "apps"}},
};

/// Where a system header is at home: a file, or a folder by its trailing slash.
const std::map<std::string, std::vector<std::string>> homes{
    {"nlohmann/", {"core/safetensors.cpp", "apps/"}},
    {"cblas.h", {"core/blas.cpp"}},
    {"omp.h", {"apps/"}},
    {"fmt/", {"apps/"}},
    {"CLI/", {"apps/"}},
    {"date/", {"apps/"}},
    {"csv.h", {"apps/"}},
    {"sodium.h", {"apps/"}},
};

/// Calls `check(line, number)` for every line.
template <typename Check>
void for_each_line(const std::string& text, Check check) {
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) check(line, ++number);
}

std::string at(const SourceFile& file, std::size_t line, const std::string& what) {
  return file.path + ":" + std::to_string(line) + ": " + what;
}

bool is_at_home(const std::string& header, const std::string& path) {
  for (const auto& [prefix, places] : homes) {
    if (!header.starts_with(prefix)) continue;
    return std::ranges::any_of(places, [&path](const std::string& place) {
      return place.ends_with('/') ? path.starts_with(place) : path == place;
    });
  }
  return true;
}

/// Appends what the first group of `pattern` takes at each place where it matches.
void append_matches(const std::string& text, const std::regex& pattern,
                    std::vector<std::string>& all) {
  const std::sregex_iterator end;
  for (std::sregex_iterator found(text.begin(), text.end(), pattern); found != end; ++found) {
    all.push_back((*found)[1]);
  }
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

std::string SourceFile::folder() const {
  return path.substr(0, path.find('/'));
}

bool is_cpp(const SourceFile& file) {
  return file.path.ends_with(".cpp") || file.path.ends_with(".h");
}

std::vector<SourceFile> files_below(const std::vector<std::string>& folders) {
  const fs::path root = ESPALIER_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      std::ostringstream text;
      text << stream.rdbuf();
      files.push_back({entry.path().lexically_relative(root).generic_string(), text.str()});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::vector<std::string> wrong_includes(const SourceFile& file) {
  static const std::regex include(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  const std::set<std::string>& allowed = allowed_folders.at(file.folder());
  std::vector<std::string> wrong;
  for_each_line(file.text, [&](const std::string& line, std::size_t number) {
    std::smatch match;
    if (!std::regex_search(line, match, include)) return;
    const std::string header = match[2];
    const std::string folder = header.substr(0, header.find('/'));
    if (match[1] == "\"") {
      if (folder == file.folder() || allowed.contains(folder)) return;
      wrong.push_back(at(file, number, file.folder() + " may not include " + header));
    } else if (folder == "espalier" || allowed_folders.contains(folder)) {
      wrong.push_back(at(file, number, header + " is the project's own: include it in quotes"));
    } else if (!is_at_home(header, file.path)) {
      wrong.push_back(at(file, number, "no place for <" + header + ">"));
    }
  });
  return wrong;
}

std::vector<std::string> circular_includes(const std::vector<SourceFile>& files) {
  struct Include {
    std::string from, to, path;
  };
  static const std::regex place("^apps/([^/]+)/.*");
  static const std::regex included(R"re(#include "apps/([^/"]+)/[^"]*")re");
  std::vector<Include> includes;
  std::map<std::string, std::set<std::string>> reached;
  for (const SourceFile& file : files) {
    std::smatch folder;
    if (!std::regex_match(file.path, folder, place)) continue;
    std::vector<std::string> others;
    append_matches(file.text, included, others);
    for (const std::string& other : others) {
      if (other == folder[1]) continue;
      includes.push_back({folder[1], other, file.path});
      reached[folder[1]].insert(other);
    }
  }
  // Further steps, until no folder leads to another one.
  for (bool grows = true; grows;) {
    grows = false;
    for (auto& [from, all] : reached) {
      const std::set<std::string> before = all;
      for (const std::string& step : before) all.insert(reached[step].begin(), reached[step].end());
      grows = grows || all.size() > before.size();
    }
  }
  std::vector<std::string> wrong;
  for (const Include& include : includes) {
    if (!reached[include.to].contains(include.from)) continue;
    wrong.push_back(include.path + ": apps/" + include.to + " leads back to apps/" + include.from);
  }
  return wrong;
}

std::vector<std::string> registered_names(const std::vector<SourceFile>& regularizers) {
  static const std::regex entry(R"re(\.name = "(\w+)",\s*\.summary)re");
  std::vector<std::string> names;
  for (const SourceFile& file : regularizers) append_matches(file.text, entry, names);
  return names;
}

std::vector<std::string> mentions(const SourceFile& file, const std::string& name,
                                  const std::vector<std::string>& settings) {
  std::string pattern;
  for (const char c : lower_case(name))
    pattern += c == '_' ? std::string("[_ -]?") : std::string{c};
  const std::regex word(pattern);
  const bool is_setting = std::ranges::find(settings, name) != settings.end();
  const std::regex setting(R"(\b)" + name + R"(_?\b)");
  std::vector<std::string> found;
  for_each_line(file.text, [&](const std::string& line, std::size_t number) {
    const std::string rest = is_setting ? std::regex_replace(line, setting, "") : line;
    if (std::regex_search(lower_case(rest), word)) found.push_back(at(file, number, line));
  });
  return found;
}

std::vector<std::string> own_settings(const SourceFile& file,
                                      const std::vector<SourceFile>& files) {
  static const std::regex setting(R"re(\.name = "(\w+)",\s*\.type)re");
  const auto stem = [](const SourceFile& one) { return one.path.substr(0, one.path.rfind('.')); };
  std::vector<std::string> names;
  for (const SourceFile& other : files) {
    if (is_cpp(other) && stem(other) == stem(file)) append_matches(other.text, setting, names);
  }
  return names;
}

std::vector<std::string> too_long(const SourceFile& file, std::size_t limit) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(file.text, '\n'));
  if (lines <= limit) return {};
  return {
      at(file, limit + 1, std::to_string(lines) + " lines, more than " + std::to_string(limit))};
}

std::vector<std::string> not_built(const SourceFile& build_file,
                                   const std::vector<SourceFile>& sources) {
  const std::string folder = build_file.path.substr(0, build_file.path.rfind('/') + 1);
  // Split where CMake splits its arguments.
  const std::string separated =
      std::regex_replace(build_file.text, std::regex(R"re([\s()"]+)re"), " ") + " ";
  if (separated.find("GLOB_RECURSE sources") != std::string::npos) return {};
  std::vector<std::string> missing;
  for (const SourceFile& source : sources) {
    if (!source.path.starts_with(folder) || !source.path.ends_with(".cpp")) continue;
    const std::string local = source.path.substr(folder.size());
    if (separated.find(" " + local + " ") == std::string::npos) {
      missing.push_back(build_file.path + ":1: doesn't build " + local);
    }
  }
  return missing;
}

}  // namespace espalier::test
