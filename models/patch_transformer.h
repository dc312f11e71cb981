#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "layers/linear.h"
#include "layers/patch_embedding.h"
#include "layers/rev_in.h"
#include "layers/transformer_encoder_layer.h"
#include "models/model.h"
#include "models/registry.h"

namespace espalier {

/// A transformer over patches of the window. Its options span two published forms:
/// - that of the scripts of arXiv 2508.09330: all channels in one patch, normalisation after each
///   branch and at the end, the mean over patches into a linear head (the defaults here);
/// - PatchTST (Nie et al., arXiv 2211.14730): each channel by itself with shared weights,
///   overlapping patches with padding at the end, instance normalisation, GELU, all patches
///   flattened into the head. (The published code normalises over the batch where this normalises
///   over the features, and adds the attention scores of the layer below.)
/// Parameters: patch_embedding.*, positions, encoder.layers.k.* (as torch.nn.TransformerEncoder),
/// norm.* with final_norm, head.*, revin.* with revin_affine.
class PatchTransformer final : public Model {
 public:
  enum class Padding { fill, stride };
  enum class Pooling { mean, flatten };

  struct Options {
    /// As a config names it, for error messages.
    std::string name = "patch_transformer";
    TransformerEncoderLayer::Options layer;
    std::int64_t layers = 2;
    /// What a layer has of heads and of units in its feed-forward block.
    struct Width {
      std::int64_t heads = 0;
      std::int64_t feed_forward = 0;
    };
    /// Of each layer, the size of heads being as `layer` says; empty: all as `layer`.
    std::vector<Width> widths = {};
    /// Rows of a patch, and from the start of one to the next.
    std::int64_t patch = 1;
    std::int64_t stride = 1;
    Padding padding = Padding::fill;
    PositionInit positions = PositionInit::normal;
    Pooling pooling = Pooling::mean;
    bool final_norm = true;
    bool channel_independent = false;
    bool revin = false;
    bool revin_affine = false;
  };

  /// Throws Error if a channel-independent or instance-normalised form lacks a target's own past.
  PatchTransformer(const ForecastShape& shape, const Options& options);

  void initialise(RandomKey key) override;
  Var forward(Forward& pass, Var x) const override;
  /// "heads" and "feed_forward".
  LayerSizes layer_sizes() const override;
  std::unique_ptr<Model> compacted() const override;

  /// Which rows of a window its tokens hold.
  const PatchGrid& patch_grid() const { return patch_embedding_.grid(); }

 private:
  TransformerEncoderLayer::Options layer_options(std::int64_t k) const;
  /// Tokens through all layers: x [time, channels, batch] → what the head reads, [*, batch].
  Var encode(Forward& pass, Var x) const;

  Options options_;
  /// For each target its channel in what the network sees; for the instance normalisation.
  std::vector<std::int64_t> channels_;
  std::optional<RevIn> revin_;
  PatchEmbedding patch_embedding_;
  std::deque<TransformerEncoderLayer> layers_;
  std::optional<LayerNorm> norm_;
  Linear head_;
};

/// The form of arXiv 2508.09330 unless its settings say otherwise.
ModelEntry patch_transformer_entry();
/// The same settings with PatchTST's defaults.
ModelEntry patchtst_entry();

}  // namespace espalier
