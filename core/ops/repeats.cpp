#include "core/ops/repeats.h"

#include "core/ops/check.h"

namespace espalier {

std::int64_t check_repeats(std::string_view op, Var a, Var b) {
  const Shape& whole = a.shape();
  const Shape& part = b.shape();
  const int leading = whole.rank() - part.rank();
  bool trailing = leading >= 0;
  for (int axis = 0; trailing && axis < part.rank(); ++axis) {
    trailing = part[axis] == whole[leading + axis];
  }
  if (!trailing) {
    fail(op, "the operands have shapes " + whole.text() + " and " + part.text() +
                 ", expected two equal shapes, or in the second the trailing axes of the first");
  }
  return whole.size() / part.size();
}

}  // namespace espalier
