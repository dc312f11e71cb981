#include "apps/commands/gradcheck.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/exit_codes.h"
#include "apps/commands/output.h"
#include "apps/config/nearest.h"
#include "apps/config/text.h"
#include "apps/f64/gradcheck/gradcheck.h"
#include "apps/notice.h"
#include "apps/usage_error.h"

namespace espalier {

namespace {

using Json = nlohmann::ordered_json;
using Row = double_precision::GradcheckRow;
using Subject = double_precision::GradcheckSubject;

std::string full_name(const Subject& subject) {
  return subject.kind + "/" + subject.name;
}

bool is_meant(const std::string& name, const Subject& subject) {
  return subject.name == name || full_name(subject) == name;
}

[[noreturn]] void refuse(const std::string& argument, const std::string& name,
                         const std::vector<Subject>& known) {
  std::vector<std::string> candidates;
  for (const Subject& subject : known) {
    candidates.push_back(name.find('/') == std::string::npos ? subject.name : full_name(subject));
  }
  throw UsageError(
      fmt::format("{}: {} is no op, layer or model with a gradient (espalier gradcheck without a "
                  "name lists them all){}",
                  argument, in_quotes(name), suggestion(name, candidates)));
}

/// All that `names` mean: "linear" is an op, a layer and a model, "op/linear" one of them.
std::vector<Subject> find_subjects(const std::string& argument,
                                   const std::vector<std::string>& names,
                                   const std::vector<Subject>& known) {
  std::vector<Subject> found;
  for (const std::string& name : names) {
    const std::size_t before = found.size();
    std::ranges::copy_if(known, std::back_inserter(found),
                         [&name](const Subject& subject) { return is_meant(name, subject); });
    if (found.size() == before) refuse(argument, name, known);
  }
  return found;
}

/// `falsified`: how many gradients, of each subject that a name means.
void check_broken(const GradcheckOptions& options,
                  const std::map<Subject, std::int64_t>& falsified) {
  const auto broke_nothing = [&falsified](const std::string& name) {
    return std::ranges::none_of(falsified, [&name](const auto& entry) {
      return is_meant(name, entry.first) && entry.second > 0;
    });
  };
  std::vector<std::string> unused;
  std::ranges::copy_if(options.broken, std::back_inserter(unused), broke_nothing);
  if (unused.empty()) return;
  throw UsageError(
      fmt::format("--break {}: nothing of it is used by {}: check something that "
                  "uses it, or give no name",
                  join(unused, " "), join(options.names, ", ")));
}

/// "weight[7], biases per step"
std::string place(const Row& row) {
  return row.form.empty() ? row.where : row.where + ", " + row.form;
}

std::string table(const std::vector<Row>& rows) {
  std::size_t name = 4;
  std::size_t where = 2;
  for (const Row& row : rows) {
    name = std::max(name, row.subject.name.size());
    where = std::max(where, place(row).size());
  }
  std::string text = fmt::format("{:<{}}  {:<5}  {:>11}  {:>11}  at\n", "name", name, "kind",
                                 "derivatives", "worst error");
  for (const Row& row : rows) {
    text += fmt::format("{:<{}}  {:<5}  {:>11}  {:>11.1e}  {:<{}}  {}\n", row.subject.name, name,
                        row.subject.kind, row.derivatives, row.worst_error, place(row), where,
                        row.problem.empty() ? "ok" : "WRONG");
  }
  return text + fmt::format(
                    "An error is |backward - difference| / max(1, |backward|, "
                    "|difference|); from {:.0e} on it is no rounding.\n",
                    double_precision::gradcheck_tolerance());
}

Json to_json(const Row& row) {
  return {{"name", row.subject.name},
          {"kind", row.subject.kind},
          {"derivatives", row.derivatives},
          {"worst_error", row.worst_error},
          {"at", row.where},
          {"form", row.form},
          {"backward", row.backward},
          {"difference", row.difference},
          {"falsified", row.falsified},
          {"ok", row.problem.empty()},
          {"problem", row.problem}};
}

std::string as_json(const std::vector<Row>& rows) {
  Json list = Json::array();
  for (const Row& row : rows) list.push_back(to_json(row));
  const Json object{{"tolerance", double_precision::gradcheck_tolerance()},
                    {"checks", std::move(list)}};
  return object.dump(2) + "\n";
}

}  // namespace

int gradcheck(const GradcheckOptions& options) {
  const std::vector<Subject> known = double_precision::gradcheck_subjects();
  const std::vector<Subject> named = find_subjects("NAME", options.names, known);
  const std::vector<Subject> broken = find_subjects("--break", options.broken, known);
  const auto [rows, falsified] = double_precision::gradcheck(named.empty() ? known : named, broken);
  check_broken(options, falsified);
  print_output(options.json ? as_json(rows) : table(rows));
  const auto is_wrong = [](const Row& row) { return !row.problem.empty(); };
  const auto wrong = std::ranges::count_if(rows, is_wrong);
  if (wrong == 0) return exit_codes::success;
  const Row& first = *std::ranges::find_if(rows, is_wrong);
  notice("error: {} of {} have a wrong gradient; the first is {}{}: {}\n", wrong, rows.size(),
         full_name(first.subject), first.form.empty() ? "" : " (" + first.form + ")",
         first.problem);
  return exit_codes::run_failed;
}

void add_gradcheck(Command& app, int& exit_code) {
  Command* command = app.add_subcommand(
      "gradcheck", "Check the gradients of ops, layers and models against differences");
  auto options = std::make_shared<GradcheckOptions>();
  command
      ->add_option("names", options->names,
                   "Ops, layers or models, as linear or layer/linear (default: all)")
      ->type_name("NAME");
  command
      ->add_option("--break", options->broken,
                   "Make a derivative wrong by 1 % and see it caught. Of an op: the gradient that "
                   "each of its nodes hands to its first differentiated input, so that all that "
                   "uses the op is wrong. Of a layer or a model, which have no nodes of their own: "
                   "the gradient of its first parameter (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_flag("--json", options->json, "Print as one JSON object");
  command->callback([options, &exit_code] { exit_code = gradcheck(*options); });
}

}  // namespace espalier
