#include "core/tensor.h"

#include <array>

#include <doctest/doctest.h>

#include "tests/support/errors.h"

namespace espalier::test {

TEST_CASE("a shape knows its rank, sizes and number of elements") {
  const Shape shape{3, 4, 5, 2};
  CHECK(shape.rank() == 4);
  CHECK(shape[0] == 3);
  CHECK(shape[3] == 2);
  CHECK(shape.size() == 120);
  CHECK(Shape{7}.size() == 7);
  CHECK(Shape{}.rank() == 0);
  CHECK(Shape{}.size() == 1);
}

TEST_CASE("a shape without its outermost axis, and with one more") {
  CHECK(Shape{3, 4, 5}.inner() == Shape{4, 5});
  CHECK(Shape{3}.inner() == Shape{});
  CHECK(Shape{3}.inner().size() == 1);
  CHECK(Shape{4, 5}.prepend(3) == Shape{3, 4, 5});
  CHECK(Shape{}.prepend(3) == Shape{3});
}

TEST_CASE("shapes are equal only in rank and every size") {
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK(Shape{2, 3} != Shape{3, 2});
  CHECK(Shape{2, 3} != Shape{2, 3, 1});
  CHECK(Shape{} != Shape{1});
}

TEST_CASE("a shape's text") {
  CHECK(Shape{60, 64, 16}.text() == "(60,64,16)");
  CHECK(Shape{7}.text() == "(7)");
  CHECK(Shape{}.text() == "()");
}

TEST_CASE("impossible shapes are refused by name") {
  CHECK(wrong_error([] { Shape{1, 2, 3, 4, 5}; }, {"[shape]", "5 axes", "at most 4"}) == "");
  CHECK(wrong_error([] { Shape{2, 0, 3}; }, {"[shape]", "(2,0,3)", "size 1 or more"}) == "");
  CHECK(wrong_error([] { Shape{-1}; }, {"(-1)"}) == "");
}

TEST_CASE("a tensor is a window on numbers that somebody else owns") {
  std::array<real, 6> numbers{0, 1, 2, 3, 4, 5};
  const Tensor tensor{numbers.data(), {3, 2}};
  CHECK(tensor.size() == 6);
  CHECK(!tensor.empty());
  CHECK(Tensor{}.empty());
  CHECK(tensor[4] == 4);

  const Tensor row = tensor.slice(1);
  CHECK(row.shape == Shape{2});
  CHECK(row[0] == 2);
  CHECK(row[1] == 3);
  row[1] = 30;
  CHECK(numbers[3] == 30);

  const Tensor copy = tensor;
  CHECK(copy.data == numbers.data());
  CHECK(copy.span().size() == 6);
}

}  // namespace espalier::test
