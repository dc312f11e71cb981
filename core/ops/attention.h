#pragma once

#include <cstddef>
#include <string_view>

#include "core/tape.h"

namespace espalier {

/// The sizes that attention_scores and attention_values share. Queries, keys and values lie one
/// above the other, [3 · embed, tokens · batch], each with its heads one above the other.
struct AttentionSizes {
  std::size_t heads, head_size, tokens, batch;

  /// Throws Error naming `op` unless heads divide embed and tokens divide the columns.
  AttentionSizes(std::string_view op, Var qkv, std::int64_t heads, std::int64_t tokens);

  std::size_t columns() const { return tokens * batch; }
  /// Elements of one head's queries (or keys, or values).
  std::size_t head() const { return head_size * columns(); }
  /// Elements of all heads' queries.
  std::size_t block() const { return heads * head(); }
  /// Elements of one head's scores, [queries, keys, batch].
  std::size_t scores() const { return tokens * tokens * batch; }
};

}  // namespace espalier
