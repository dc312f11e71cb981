#include "apps/config/overrides.h"

#include <charconv>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/config/json_text.h"

namespace espalier {

namespace {

using nlohmann::json;

std::optional<std::size_t> as_index(std::string_view step) {
  std::size_t index = 0;
  const char* end = step.data() + step.size();
  const auto [stop, error] = std::from_chars(step.data(), end, index);
  if (step.empty() || error != std::errc() || stop != end) return std::nullopt;
  return index;
}

/// Cuts the next step off `path`: up to the next dot, or a longer key that `value` holds, dots and
/// all ("data.window" in a grid). Nothing is left of the path after its last step.
std::string next_step(const json& value, std::optional<std::string_view>& path) {
  std::size_t end = path->find('.');
  for (std::size_t longer = end; longer != std::string_view::npos;) {
    longer = path->find('.', longer + 1);
    if (value.is_object() && value.contains(std::string(path->substr(0, longer)))) end = longer;
  }
  std::string step(path->substr(0, end));
  if (end == std::string_view::npos) {
    path.reset();
  } else {
    path->remove_prefix(end + 1);
  }
  return step;
}

/// Walks to the place that one override sets, making objects on the way.
class OverrideTarget {
 public:
  explicit OverrideTarget(json& root) : value_(&root) {}

  /// Goes one step down; false, with `problem` set, where that leads nowhere.
  bool descend(const std::string& step) {
    if (value_->is_array()) return into_list(step);
    if (value_->is_object() || made_) return into_object(step);
    problem_ = fmt::format("{} is {}: it holds no {}", place(), describe(*value_), in_quotes(step));
    return false;
  }

  json& value() { return *value_; }
  const std::string& problem() const { return problem_; }
  /// The outermost place that did not exist before, else the place itself.
  const std::string& changed() const { return made_ ? first_made_ : pointer_; }

 private:
  std::string place() const { return pointer_.empty() ? "the config" : on_one_line(pointer_); }

  bool into_list(const std::string& step) {
    const std::optional<std::size_t> index = as_index(step);
    if (!index || *index >= value_->size()) {
      problem_ = value_->empty()
                     ? fmt::format("{} is an empty list: set it as a whole", place())
                     : fmt::format("{} is a list: expected an index from 0 to {}, found {}",
                                   place(), value_->size() - 1, in_quotes(step));
      return false;
    }
    pointer_ = pointer_to(pointer_, *index);
    value_ = &(*value_)[*index];
    return true;
  }

  bool into_object(const std::string& step) {
    if (made_ && as_index(step)) {
      problem_ = fmt::format("{} does not exist: set the list as a whole", place());
      return false;
    }
    pointer_ = pointer_to(pointer_, step);
    if (!made_ && !value_->contains(step)) {
      made_ = true;
      first_made_ = pointer_;
    }
    value_ = &(*value_)[step];
    return true;
  }

  json* value_;
  std::string pointer_;
  std::string first_made_;
  std::string problem_;
  bool made_ = false;
};

json parse_value(const std::string& text, const std::string& pointer, const std::string& label,
                 Diagnostics& diagnostics) {
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return text;
  if (!value.is_structured()) return value;
  try {
    const SourceMap map(text);
    for (const DuplicateKey& twice : map.duplicates()) {
      diagnostics.in_override(label, fmt::format("{}: this key is given twice: keep one",
                                                 on_one_line(pointer + twice.pointer)));
    }
  } catch (const SyntaxError& error) {
    diagnostics.in_override(label, fmt::format("{}: {}", on_one_line(pointer), error.what()));
  }
  return value;
}

void apply_override(json& config, const std::string& text, Diagnostics& diagnostics) {
  const std::size_t equals = text.find('=');
  if (find_invalid_utf8(text)) {
    return diagnostics.in_override("-o " + in_quotes(text), "not valid UTF-8");
  }
  if (equals == std::string::npos || equals == 0) {
    return diagnostics.in_override("-o " + on_one_line(text),
                                   "expected path.to.key=value, for example -o train.epochs=5");
  }
  const std::string path = text.substr(0, equals);
  const std::string label = fmt::format("-o {}=…", on_one_line(path));
  // The change is made on a copy: an override that fails half way leaves nothing behind.
  json changed = config;
  OverrideTarget target(changed);
  std::string pointer;
  for (std::optional<std::string_view> rest = path; rest;) {
    const std::string step = next_step(target.value(), rest);
    if (step.empty()) {
      return diagnostics.in_override(label, "expected a key between the dots, found nothing");
    }
    if (!target.descend(step)) return diagnostics.in_override(label, target.problem());
    pointer = pointer_to(pointer, step);
  }
  target.value() = parse_value(text.substr(equals + 1), pointer, label, diagnostics);
  config = std::move(changed);
  diagnostics.blame_override(target.changed(), label);
}

}  // namespace

void apply_overrides(json& config, std::span<const std::string> overrides,
                     Diagnostics& diagnostics) {
  for (const std::string& text : overrides) apply_override(config, text, diagnostics);
}

}  // namespace espalier
