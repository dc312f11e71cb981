#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What the program, which computes in float, may call of the engine in double: nothing but
/// standard types crosses.
namespace double_precision {

/// Something whose derivatives can be checked.
struct GradcheckSubject {
  /// "op", "layer" or "model".
  std::string kind;
  std::string name;

  auto operator<=>(const GradcheckSubject&) const = default;
};

/// Every op, layer and trainable model, in this order.
std::vector<GradcheckSubject> gradcheck_subjects();

/// What central differences say of one subject, over all shapes and settings it was tried on.
struct GradcheckRow {
  GradcheckSubject subject;
  std::int64_t derivatives = 0;
  /// |backward − difference| / max(1, |backward|, |difference|) at its largest; may be NaN.
  double worst_error = 0;
  /// Where that is: "weight[7]"; and the shapes or settings it was found on, empty for the plain
  /// ones.
  std::string where = {};
  std::string form = {};
  double backward = 0;
  double difference = 0;
  /// Empty if all is right, else what is wrong, in one line.
  std::string problem = {};
  /// Gradients that were falsified on purpose.
  std::int64_t falsified = 0;
};

/// Below this, an error is rounding.
double gradcheck_tolerance();

struct GradcheckReport {
  std::vector<GradcheckRow> rows;
  /// Of each broken subject: how many gradients were falsified for its sake, in all rows.
  std::map<GradcheckSubject, std::int64_t> falsified;
};

/// Checks each of `subjects`, in the order of gradcheck_subjects, with derivatives of `broken`
/// falsified by 1 % in one element. Of an op: wherever a node of it hands back a gradient that
/// isn't all 0, to the first input that gets one. What has no nodes of its own (a layer, a model,
/// the op `mean`): the gradient of its first parameter, or of its first input if it has none.
GradcheckReport gradcheck(const std::vector<GradcheckSubject>& subjects,
                          const std::vector<GradcheckSubject>& broken);

}  // namespace double_precision
