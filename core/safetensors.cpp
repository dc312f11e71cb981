#include "core/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"

namespace espalier {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t prefix_bytes = 8;
constexpr std::uint64_t largest_header = 100'000'000;  // the format's own limit

std::size_t element_bytes(std::string_view dtype) {
  if (dtype == "F64" || dtype == "I64" || dtype == "U64") return 8;
  if (dtype == "F32" || dtype == "I32" || dtype == "U32") return 4;
  if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16") return 2;
  if (dtype == "I8" || dtype == "U8" || dtype == "BOOL") return 1;
  return 0;
}

[[noreturn]] void refuse(const std::string& path, const std::string& problem) {
  throw Error(path + ": not a usable safetensors file: " + problem);
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t size : shape) {
    if (!text.empty()) text += ',';
    text += std::to_string(size);
  }
  return '(' + text + ')';
}

std::vector<std::int64_t> sizes(const Shape& shape) {
  std::vector<std::int64_t> list;
  list.reserve(Shape::max_rank);
  for (int axis = 0; axis < shape.rank(); ++axis) list.push_back(shape[axis]);
  return list;
}

/// nlohmann keeps the last of two equal keys; the format forbids them, so count them while parsing.
Json parse_header(const std::string& path, std::string_view text) {
  std::string duplicate;
  std::vector<std::vector<std::string>> open_keys;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_keys.emplace_back();
    if (event == Json::parse_event_t::object_end) open_keys.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto key = parsed.get<std::string>();
      auto& keys = open_keys.back();
      if (std::ranges::find(keys, key) != keys.end()) duplicate = key;
      keys.push_back(key);
    }
    return true;
  };
  Json header = Json::parse(text, watch, /*allow_exceptions=*/false);
  if (header.is_discarded() || !header.is_object()) refuse(path, "its header is not a JSON object");
  if (!duplicate.empty()) refuse(path, "its header names \"" + duplicate + "\" twice");
  return header;
}

struct Range {
  std::uint64_t begin, end;
};

Range read_range(const std::string& path, const std::string& name, const Json& description,
                 std::uint64_t available) {
  const auto offsets = description.find("data_offsets");
  if (offsets == description.end() || !offsets->is_array() || offsets->size() != 2 ||
      !(*offsets)[0].is_number_unsigned() || !(*offsets)[1].is_number_unsigned()) {
    refuse(path, "tensor \"" + name + "\" has no \"data_offsets\" of two numbers");
  }
  const Range range{(*offsets)[0].get<std::uint64_t>(), (*offsets)[1].get<std::uint64_t>()};
  if (range.begin > range.end || range.end > available) {
    refuse(path, "tensor \"" + name + "\" lies at bytes " + std::to_string(range.begin) + " to " +
                     std::to_string(range.end) + ", but there are only " +
                     std::to_string(available) + " bytes of data (cut off?)");
  }
  return range;
}

/// The product of all sizes, or most + 1 if it is larger than `most`: no product can overflow.
std::uint64_t count_elements(const Json& shape, std::uint64_t most) {
  std::uint64_t elements = 1;
  for (const Json& entry : shape) {
    const auto size = entry.get<std::uint64_t>();
    if (size == 0) return 0;
    elements = elements > most / size ? most + 1 : elements * size;
  }
  return elements;
}

Safetensors::Entry read_entry(const std::string& path, const std::string& name,
                              const Json& description, std::string_view data, const Range& range) {
  Safetensors::Entry entry;
  if (!description.contains("dtype") || !description["dtype"].is_string() ||
      !description.contains("shape") || !description["shape"].is_array()) {
    refuse(path, "tensor \"" + name + "\" has no \"dtype\" or no \"shape\"");
  }
  entry.dtype = description["dtype"].get<std::string>();
  const std::size_t width = element_bytes(entry.dtype);
  if (width == 0) refuse(path, "tensor \"" + name + "\" has unknown dtype \"" + entry.dtype + "\"");
  for (const Json& size : description["shape"]) {
    if (!size.is_number_unsigned()) refuse(path, "tensor \"" + name + "\" has a size below 0");
    entry.shape.push_back(size.get<std::int64_t>());
  }
  const std::uint64_t elements = count_elements(description["shape"], data.size());
  if (elements > data.size() || elements * width != range.end - range.begin) {
    refuse(path, "tensor \"" + name + "\" of shape " + shape_text(entry.shape) + " and dtype " +
                     entry.dtype + " doesn't fill its " + std::to_string(range.end - range.begin) +
                     " bytes");
  }
  const auto bytes = std::as_bytes(std::span(data.substr(range.begin, range.end - range.begin)));
  entry.bytes.assign(bytes.begin(), bytes.end());
  return entry;
}

void check_contiguous(const std::string& path, std::vector<Range> ranges, std::uint64_t available) {
  std::ranges::sort(ranges, {},
                    [](const Range& range) { return std::pair(range.begin, range.end); });
  std::uint64_t expected = 0;
  for (const Range& range : ranges) {
    if (range.begin != expected) refuse(path, "its tensors overlap or leave gaps");
    expected = range.end;
  }
  if (expected != available) refuse(path, "it holds data that belongs to no tensor");
}

}  // namespace

Safetensors Safetensors::read(const std::string& path) {
  const std::string content = read_file(path);
  if (content.size() < prefix_bytes) {
    refuse(path, "it has only " + std::to_string(content.size()) + " bytes");
  }
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, content.data(), prefix_bytes);
  if (header_bytes > largest_header || header_bytes > content.size() - prefix_bytes) {
    refuse(path, "its first 8 bytes announce a header of " + std::to_string(header_bytes) +
                     " bytes, the file has " + std::to_string(content.size()));
  }
  const std::string_view view = content;
  const Json header = parse_header(path, view.substr(prefix_bytes, header_bytes));
  const std::string_view data = view.substr(prefix_bytes + header_bytes);

  Safetensors file;
  file.origin = path;
  std::vector<Range> ranges;
  for (const auto& [name, description] : header.items()) {
    if (!description.is_object()) refuse(path, "header entry \"" + name + "\" is not an object");
    if (name == "__metadata__") {
      for (const auto& [key, value] : description.items()) {
        if (!value.is_string()) refuse(path, "metadata \"" + key + "\" is not a text");
        file.metadata[key] = value.get<std::string>();
      }
      continue;
    }
    ranges.push_back(read_range(path, name, description, data.size()));
    file.entries[name] = read_entry(path, name, description, data, ranges.back());
  }
  check_contiguous(path, std::move(ranges), data.size());
  return file;
}

void Safetensors::write(const std::string& path) const {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, entry] : entries) {
    header[name] = {{"dtype", entry.dtype},
                    {"shape", entry.shape},
                    {"data_offsets", {offset, offset + entry.bytes.size()}}};
    offset += entry.bytes.size();
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');

  std::string content(prefix_bytes, '\0');
  const std::uint64_t header_bytes = text.size();
  std::memcpy(content.data(), &header_bytes, prefix_bytes);
  content += text;
  for (const auto& [name, entry] : entries) {
    content.append(reinterpret_cast<const char*>(entry.bytes.data()), entry.bytes.size());
  }
  write_file_atomically(path, content);
}

void save_parameters(const std::string& path, const Parameters& parameters,
                     const std::map<std::string, std::string>& metadata) {
  Safetensors file;
  file.metadata = metadata;
  for (const Parameter& parameter : parameters.all()) {
    const auto bytes = std::as_bytes(parameter.value().span());
    file.entries[parameter.name()] = {
        sizeof(real) == 4 ? "F32" : "F64", sizes(parameter.shape()), {bytes.begin(), bytes.end()}};
  }
  file.write(path);
}

namespace {

template <typename Stored>
bool copy_elements(const Safetensors::Entry& entry, std::span<real> values) {
  bool finite = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored element;
    std::memcpy(&element, entry.bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<real>(element);
    finite = finite && std::isfinite(values[i]);
  }
  return finite;
}

/// Empty if the entry went into the parameter, else what keeps it from fitting.
std::string load_entry(const Safetensors::Entry& entry, const Parameter& parameter) {
  if (entry.shape != sizes(parameter.shape())) {
    return "has shape " + shape_text(entry.shape) + ", expected " + parameter.shape().text();
  }
  if (entry.dtype != "F32" && entry.dtype != "F64") {
    return "has dtype " + entry.dtype + ", expected F32 or F64";
  }
  const bool finite = entry.dtype == "F32" ? copy_elements<float>(entry, parameter.value().span())
                                           : copy_elements<double>(entry, parameter.value().span());
  return finite ? "" : "has values that are not finite";
}

}  // namespace

void load_parameters(const std::string& path, Parameters& parameters) {
  const Safetensors file = Safetensors::read(path);
  std::string problems;
  for (const Parameter& parameter : parameters.all()) {
    const auto entry = file.entries.find(parameter.name());
    const std::string problem =
        entry == file.entries.end() ? "is missing" : load_entry(entry->second, parameter);
    if (!problem.empty()) problems += "; \"" + parameter.name() + "\" " + problem;
  }
  for (const auto& [name, entry] : file.entries) {
    if (parameters.find(name) == nullptr) problems += "; \"" + name + "\" is not in the model";
  }
  if (!problems.empty()) {
    throw Error(path + ": the weights don't fit the model: " + problems.substr(2));
  }
}

}  // namespace espalier
