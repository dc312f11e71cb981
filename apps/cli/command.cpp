#include "apps/cli/command.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/config/nearest.h"
#include "apps/config/text.h"

namespace espalier {

namespace {

template <typename Number>
std::optional<Number> parsed(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> parsed_whole(const std::string& text) {
  const auto whole = parsed<std::int64_t>(text);
  return whole && text == std::to_string(*whole) ? whole : std::nullopt;
}

/// CLI11's own lets no one describe a check later than it is made.
class CheckOfCli : public CLI::Validator {
 public:
  explicit CheckOfCli(const Check& check) {
    func_ = check.problem;
    desc_function_ = check.accepted;
  }
};

}  // namespace

Check whole_number() {
  return {[](const std::string& text) {
    if (parsed_whole(text)) return std::string();
    return fmt::format("expected a whole number, found {}", in_quotes(text));
  }};
}

Check whole_number(std::int64_t least, std::int64_t most) {
  return {[least, most](const std::string& text) {
            const auto whole = parsed_whole(text);
            if (whole && least <= *whole && *whole <= most) return std::string();
            return fmt::format("expected a whole number from {} to {}, found {}", least, most,
                               in_quotes(text));
          },
          [least, most] { return fmt::format("{} to {}", least, most); }};
}

Check number(double least, double most) {
  return {[least, most](const std::string& text) {
            const auto value = parsed<double>(text);
            if (value && least <= *value && *value <= most) return std::string();
            return fmt::format("expected a number from {} to {}, found {}", least, most,
                               in_quotes(text));
          },
          [least, most] { return fmt::format("{} to {}", least, most); }};
}

Check one_of(const std::vector<std::string>& words) {
  return {[words](const std::string& text) {
            if (std::ranges::find(words, text) != words.end()) return std::string();
            return fmt::format("expected one of {}, found {}{}", join(words, ", "), in_quotes(text),
                               suggestion(text, words));
          },
          [words] { return set_of(words); }};
}

std::string set_of(const std::vector<std::string>& words) {
  return "{" + join(words, ",") + "}";
}

CommandOption* CommandOption::required() {
  option_->required();
  return this;
}

CommandOption* CommandOption::type_name(const std::string& name) {
  option_->type_name(name);
  return this;
}

CommandOption* CommandOption::check(const Check& check) {
  option_->check(CheckOfCli(check));
  return this;
}

CommandOption* CommandOption::excludes(CommandOption* other) {
  option_->excludes(other->option_);
  return this;
}

CommandOption* CommandOption::excludes(const std::string& name) {
  option_->excludes(name);
  return this;
}

CommandOption* CommandOption::needs(const std::string& name) {
  option_->needs(name);
  return this;
}

CommandOption* CommandOption::delimiter(char sign) {
  option_->delimiter(sign);
  return this;
}

CommandOption* CommandOption::allow_extra_args(bool allow) {
  option_->allow_extra_args(allow);
  return this;
}

CommandOption* Command::keep(CLI::Option* option) {
  return options_.emplace_back(std::make_unique<CommandOption>(option)).get();
}

Command* Command::add_subcommand(const std::string& name, const std::string& summary) {
  CLI::App* app = app_->add_subcommand(name, summary);
  return commands_.emplace_back(std::make_unique<Command>(app)).get();
}

template <typename T>
CommandOption* Command::add_option(const std::string& names, T& value, const std::string& help) {
  return keep(app_->add_option(names, value, help));
}

CommandOption* Command::add_option_function(const std::string& names,
                                            const std::function<void(const std::string&)>& take,
                                            const std::string& help) {
  return keep(app_->add_option_function<std::string>(names, take, help));
}

CommandOption* Command::add_flag(const std::string& name, bool& value, const std::string& help) {
  return keep(app_->add_flag(name, value, help));
}

CommandOption* Command::add_flag_callback(const std::string& name, std::function<void()> given,
                                          const std::string& help) {
  return keep(app_->add_flag_callback(name, std::move(given), help));
}

void Command::callback(std::function<void()> run) {
  app_->callback(std::move(run));
}

using Names = const std::string&;
template CommandOption* Command::add_option(Names, std::string&, Names);
template CommandOption* Command::add_option(Names, int&, Names);
template CommandOption* Command::add_option(Names, std::int64_t&, Names);
template CommandOption* Command::add_option(Names, double&, Names);
template CommandOption* Command::add_option(Names, std::optional<std::string>&, Names);
template CommandOption* Command::add_option(Names, std::optional<std::int64_t>&, Names);
template CommandOption* Command::add_option(Names, std::vector<std::string>&, Names);
template CommandOption* Command::add_option(Names, std::vector<std::int64_t>&, Names);
template CommandOption* Command::add_option(Names, std::vector<double>&, Names);

}  // namespace espalier
