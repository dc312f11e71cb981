#pragma once

#include <cstdint>
#include <string>

#include "layers/linear.h"

namespace espalier {

/// How a sequence is cut into patches. Rows beyond its end repeat the last one.
struct PatchGrid {
  /// Rows of a patch, and from the start of one to that of the next.
  std::int64_t length = 1;
  std::int64_t stride = 1;
  /// Patches.
  std::int64_t count = 1;

  /// As many patches as it takes to use every row.
  /// Here and below 1 ≤ stride ≤ length ≤ rows.
  static PatchGrid covering(std::int64_t rows, std::int64_t length, std::int64_t stride);
  /// PatchTST's: `stride` rows are always added, ⌊(rows − length)/stride⌋ + 2 patches (Nie et al.,
  /// arXiv 2211.14730, section 3.1).
  static PatchGrid padded(std::int64_t rows, std::int64_t length, std::int64_t stride);
};

/// How learned positions begin.
enum class PositionInit {
  normal,   ///< N(0, 1), as in the scripts of arXiv 2508.09330
  uniform,  ///< U(±0.02), as in PatchTST
};

/// Patches of a sequence, each through one linear layer, plus a learned vector for its position:
/// parameters `name`.weight [embed, length · channels], `name`.bias [embed] and `positions_name`
/// [count, embed].
class PatchEmbedding {
 public:
  /// `channels` in one patch.
  PatchEmbedding(Parameters& parameters, const std::string& name, const std::string& positions_name,
                 std::int64_t channels, std::int64_t embed, const PatchGrid& grid);

  /// The linear layer as PyTorch's default, the positions as `positions` says.
  void initialise(RandomKey key, PositionInit positions);

  /// x [time, channels, batch] → tokens [embed, count · batch].
  Var forward(Forward& pass, Var x) const;

  const PatchGrid& grid() const { return grid_; }
  /// Patches per sequence.
  std::int64_t tokens() const { return grid_.count; }

 private:
  PatchGrid grid_;
  Linear projection_;
  Parameter& positions_;
};

}  // namespace espalier
