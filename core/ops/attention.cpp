#include "core/ops/attention.h"

#include <string>

#include "core/ops/check.h"

namespace espalier {

AttentionSizes::AttentionSizes(std::string_view op, Var qkv, std::int64_t head_count,
                               std::int64_t token_count)
    : heads(static_cast<std::size_t>(head_count)), tokens(static_cast<std::size_t>(token_count)) {
  check_rank(op, "qkv", qkv, 2);
  const std::int64_t rows = qkv.shape()[0];
  const std::int64_t columns = qkv.shape()[1];
  if (head_count < 1 || rows % (3 * head_count) != 0) {
    fail(op, "qkv has shape " + qkv.shape().text() + ", expected rows in 3 times " +
                 std::to_string(head_count) + " equal heads");
  }
  if (token_count < 1 || columns % token_count != 0) {
    fail(op, "qkv has shape " + qkv.shape().text() + ", expected columns of " +
                 std::to_string(token_count) + " equal tokens");
  }
  head_size = static_cast<std::size_t>(rows) / (3 * heads);
  batch = static_cast<std::size_t>(columns) / tokens;
}

}  // namespace espalier
