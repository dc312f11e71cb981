#include "core/ops/check.h"

#include <string>

#include "core/error.h"

namespace espalier {

void fail(std::string_view op, std::string_view message) {
  throw Error("[" + std::string(op) + "] " + std::string(message));
}

void check_same_shape(std::string_view op, Var a, Var b) {
  if (a.shape() == b.shape()) return;
  fail(op, "the operands have shapes " + a.shape().text() + " and " + b.shape().text() +
               ", expected two equal shapes");
}

void check_rank(std::string_view op, std::string_view name, Var x, int rank) {
  if (x.shape().rank() == rank) return;
  fail(op, std::string(name) + " has shape " + x.shape().text() + ", expected " +
               std::to_string(rank) + " axes");
}

void check_shape(std::string_view op, std::string_view name, Var x, const Shape& expected,
                 std::string_view because) {
  if (x.shape() == expected) return;
  fail(op, std::string(name) + " has shape " + x.shape().text() + ", expected " + expected.text() +
               " " + std::string(because));
}

void check_trailing(std::string_view op, Var a, Var b) {
  const Shape& whole = a.shape();
  const Shape& part = b.shape();
  const int leading = whole.rank() - part.rank();
  bool trailing = leading >= 0;
  for (int axis = 0; trailing && axis < part.rank(); ++axis) {
    trailing = part[axis] == whole[leading + axis];
  }
  if (trailing) return;
  fail(op, "the operands have shapes " + whole.text() + " and " + part.text() +
               ", expected two equal shapes, or in the second the trailing axes of the first");
}

}  // namespace espalier
