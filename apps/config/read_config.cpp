#include "apps/config/read_config.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/config_source.h"
#include "apps/config/json_text.h"
#include "apps/config/overrides.h"

namespace espalier {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* standard_input = "-";
constexpr std::size_t largest_config = std::size_t{1} << 20U;

[[noreturn]] void fail(const std::string& file, const std::string& message) {
  throw ConfigError({fmt::format("{}: {}", file, message)});
}

[[noreturn]] void fail_at(const std::string& file, Position position, const std::string& message) {
  fail(fmt::format("{}:{}:{}", file, position.line, position.column), message);
}

std::string shown_name(const std::string& file_name) {
  return file_name == standard_input ? "<stdin>" : on_one_line(file_name);
}

std::string read_all(std::istream& stream, const std::string& file) {
  std::string text(largest_config + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) fail(file, fmt::format("cannot be read: {}", std::strerror(errno)));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > largest_config) fail(file, "is larger than 1 MiB: expected a JSON config");
  return text;
}

void check_text(const std::string& text, const std::string& file) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    fail(file, "is empty: expected a JSON object with \"data\" and \"model\"");
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string::npos) {
    fail_at(file, position_at(text, nul), "found a NUL byte: expected a text file in UTF-8");
  }
  if (const auto invalid = find_invalid_utf8(text)) {
    fail_at(file, position_at(text, *invalid),
            fmt::format("byte 0x{:02x} is not valid UTF-8: save the file as UTF-8",
                        static_cast<unsigned char>(text[*invalid])));
  }
}

SourceMap map_source(const std::string& text, const std::string& file) {
  try {
    return SourceMap(text);
  } catch (const SyntaxError& error) {
    fail_at(file, error.position(), error.what());
  }
}

/// The source map has found the text to be JSON; a disagreement must not pass unnoticed.
json parse_json(const std::string& text, const std::string& file) {
  try {
    return json::parse(text, nullptr, true, true);
  } catch (const json::parse_error& error) {
    fail_at(file, position_at(text, error.byte == 0 ? 0 : error.byte - 1), "this is not JSON");
  } catch (const json::exception&) {
    fail(file, "holds a number that is too large");
  }
}

ConfigOrigin origin_of(const std::string& file_name) {
  if (file_name == standard_input) return {"stdin", {}};
  const fs::path path = file_name;
  const std::string stem = path.stem().string();
  return {find_invalid_utf8(stem) ? "run" : stem, path.parent_path()};
}

}  // namespace

ConfigSource read_source(const std::string& text, const std::string& file_name,
                         std::span<const std::string> overrides) {
  const std::string file = shown_name(file_name);
  check_text(text, file);
  SourceMap map = map_source(text, file);
  json root = parse_json(text, file);
  if (!root.is_object()) {
    fail_at(
        file, map.value("").value_or(Position{}),
        fmt::format("expected an object with \"data\" and \"model\", found {}", describe(root)));
  }
  Diagnostics diagnostics(file, std::move(map));
  for (const DuplicateKey& twice : diagnostics.map().duplicates()) {
    diagnostics.at_place(twice.again, twice.pointer,
                         fmt::format("this key was given before, at {}:{}: keep one of the two",
                                     twice.first.line, twice.first.column));
  }
  apply_overrides(root, overrides, diagnostics);
  return {std::move(root), origin_of(file_name), std::move(diagnostics)};
}

Config parse_config(const std::string& text, const std::string& file_name,
                    std::span<const std::string> overrides, const Catalogue& catalogue) {
  ConfigSource source = read_source(text, file_name, overrides);
  Config config = check_config(source.root, catalogue, source.origin, source.diagnostics);
  source.diagnostics.throw_if_any();
  return config;
}

std::string read_config_text(const std::string& path) {
  const std::string file = shown_name(path);
  if (path == standard_input) return read_all(std::cin, file);
  if (path.empty()) throw ConfigError({"no config file: expected its path, found an empty text"});
  std::error_code ignored;
  if (!fs::exists(path, ignored)) fail(file, "no such config file");
  if (fs::is_directory(path, ignored)) fail(file, "is a directory: expected a JSON config file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) fail(file, fmt::format("cannot be opened: {}", std::strerror(errno)));
  return read_all(stream, file);
}

Config read_config(const std::string& path, std::span<const std::string> overrides,
                   const Catalogue& catalogue) {
  return parse_config(read_config_text(path), path, overrides, catalogue);
}

}  // namespace espalier
