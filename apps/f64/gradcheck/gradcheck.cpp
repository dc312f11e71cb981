#include "apps/f64/gradcheck/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "apps/f64/gradcheck/breaker.h"
#include "apps/f64/gradcheck/gradient_case.h"

namespace double_precision {

namespace {

using espalier::Breaker;
using espalier::Differentiated;
using espalier::GradientCase;
using espalier::Verdict;

GradcheckSubject subject_of(const GradientCase& one) {
  return {one.kind, one.name};
}

bool contains(const std::vector<GradcheckSubject>& subjects, const GradcheckSubject& subject) {
  return std::ranges::find(subjects, subject) != subjects.end();
}

using Counts = std::map<GradcheckSubject, std::int64_t>;

Breaker breaker_of(const Counts& broken) {
  std::vector<std::string> ops;
  for (const auto& [subject, count] : broken) {
    if (subject.kind == "op") ops.push_back(subject.name);
  }
  return Breaker(ops);
}

/// NaN is larger than any number.
bool larger(double error, double than) {
  return std::isnan(error) ? !std::isnan(than) : error > than;
}

/// Takes one case into the row of its subject. A wrong one says more than a right one.
void add_to(GradcheckRow& row, const GradientCase& one, const Verdict& verdict) {
  const bool first = row.derivatives == 0;
  row.derivatives += verdict.derivatives;
  const bool was_right = row.problem.empty();
  const bool worse =
      verdict.ok() == was_right ? larger(verdict.worst.error(), row.worst_error) : !verdict.ok();
  if (!first && !worse) return;
  row.worst_error = verdict.worst.error();
  row.where = verdict.where;
  row.form = one.form;
  row.backward = verdict.worst.backward;
  row.difference = verdict.worst.difference;
  row.problem = verdict.problem();
}

/// `falsified`: of each broken subject, to be counted on.
void check_case(GradcheckRow& row, GradientCase& one, Counts& falsified) {
  Breaker breaker = breaker_of(falsified);
  std::vector<Differentiated> all = differentiate(one, &breaker);
  for (auto& [subject, count] : falsified) {
    std::int64_t here = subject.kind == "op" ? breaker.falsified(subject.name) : 0;
    if (here == 0 && subject == row.subject) {
      const std::size_t first = one.parameters == nullptr ? 0 : one.inputs.size();
      here = espalier::falsify(all[first < all.size() ? first : 0].gradient) ? 1 : 0;
    }
    count += here;
    row.falsified += here;
  }
  add_to(row, one, compare_gradients(all, case_differences(one)));
}

}  // namespace

std::vector<GradcheckSubject> gradcheck_subjects() {
  std::vector<GradcheckSubject> subjects;
  for (const GradientCase& one : espalier::all_cases()) {
    if (!contains(subjects, subject_of(one))) subjects.push_back(subject_of(one));
  }
  return subjects;
}

double gradcheck_tolerance() {
  return espalier::gradient_tolerance;
}

GradcheckReport gradcheck(const std::vector<GradcheckSubject>& subjects,
                          const std::vector<GradcheckSubject>& broken) {
  GradcheckReport report;
  for (const GradcheckSubject& subject : broken) report.falsified[subject] = 0;
  std::vector<GradcheckRow>& rows = report.rows;
  for (GradientCase& one : espalier::all_cases()) {
    const GradcheckSubject subject = subject_of(one);
    if (!contains(subjects, subject)) continue;
    auto row = std::ranges::find(rows, subject, &GradcheckRow::subject);
    if (row == rows.end()) {
      rows.push_back({.subject = subject});
      row = std::prev(rows.end());
    }
    check_case(*row, one, report.falsified);
  }
  return report;
}

}  // namespace double_precision
