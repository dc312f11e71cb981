#include "apps/config/nearest.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace espalier {
namespace {

TEST_CASE("edit distance: values worked by hand") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("batch", "batch") == 0);
  CHECK(edit_distance("bacth", "batch") == 1);
  // No substring is edited twice: swapping, then inserting between would be 2.
  CHECK(edit_distance("ca", "abc") == 3);
}

TEST_CASE("the nearest known name, or none rather than a silly one") {
  const std::vector<std::string> known{"epochs", "batch", "patience", "lr", "loss"};
  CHECK(nearest("epoch", known) == "epochs");
  CHECK(nearest("EPOCHS", known) == "epochs");
  CHECK(nearest("bacth", known) == "batch");
  CHECK(nearest("batch_size", known) == "batch");
  CHECK(nearest("pateince", known) == "patience");
  CHECK(nearest("LR", known) == "lr");
  CHECK_FALSE(nearest("momentum", known));
  CHECK_FALSE(nearest("l1", known));
  CHECK_FALSE(nearest("", known));
  CHECK_FALSE(nearest("x", {}));
  CHECK_FALSE(nearest(std::string(1'000'000, 'e') + "epochs", known));
}

TEST_CASE("of equally near names the first is suggested") {
  const std::vector<std::string> known{"mse", "mae"};
  CHECK(nearest("mxe", known) == "mse");
  CHECK(suggestion("mxe", known) == ": did you mean \"mse\"?");
  CHECK(suggestion("huber", known).empty());
}

}  // namespace
}  // namespace espalier
