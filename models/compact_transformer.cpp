// Which heads and feed-forward units of a transformer go, and how the others make up for them.
// - Unneeded: its columns in the following matrix are 0. It goes without a trace.
// - Fixed: the same for every input. A head is if its rows of values are 0: attention weights sum
//   to 1, so that every token gets the bias. A unit is if its row of linear1 is 0. What it gives to
//   the sum becomes part of the following bias.

#include <algorithm>
#include <cmath>

#include "models/compaction.h"
#include "models/patch_transformer.h"

namespace espalier {

namespace {

/// Of one layer.
struct Choice {
  std::vector<bool> kept;
  std::vector<bool> folded;
};

/// `unneeded` and `fixed` judge one of `count` heads or units.
template <typename Unneeded, typename Fixed>
Choice choose(std::int64_t count, Unneeded unneeded, Fixed fixed) {
  Choice choice;
  for (std::int64_t i = 0; i < count; ++i) {
    choice.kept.push_back(!unneeded(i) && !fixed(i));
  }
  keep_one(choice.kept);
  for (std::int64_t i = 0; i < count; ++i) {
    choice.folded.push_back(!unneeded(i) && !choice.kept[static_cast<std::size_t>(i)]);
  }
  return choice;
}

std::int64_t head_size(const MultiheadAttention& attention) {
  return attention.out_proj().weight().shape()[1] / attention.heads();
}

Choice choose_heads(const MultiheadAttention& attention) {
  const std::int64_t count = attention.heads();
  const std::int64_t size = head_size(attention);
  const Parameter& in = attention.in_proj_weight();
  const Parameter& out = attention.out_proj().weight();
  return choose(
      count,
      [&](std::int64_t head) {
        return is_zero(out, all_of(out.shape()[0]), rows_of({head}, count, 1, size));
      },
      [&](std::int64_t head) {
        return is_zero(in, rows_of({2 * count + head}, count, 1, size), all_of(in.shape()[1]));
      });
}

Choice choose_units(const FeedForward& block) {
  const Parameter& in = block.linear1().weight();
  const Parameter& out = block.linear2().weight();
  return choose(
      in.shape()[0],
      [&](std::int64_t unit) { return is_zero(out, all_of(out.shape()[0]), {unit}); },
      [&](std::int64_t unit) { return is_zero(in, {unit}, all_of(in.shape()[1])); });
}

/// `to` ← the bias of `linear` and what inputs `columns` add to it where they are `values`.
void fold(const Linear& linear, const IndexList& columns, const std::vector<double>& values,
          const Parameter& to) {
  const Tensor weight = linear.weight().value();
  for (std::int64_t row = 0; row < weight.shape[0]; ++row) {
    auto sum = static_cast<double>(linear.bias().value()[row]);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      sum += static_cast<double>(weight[row * weight.shape[1] + columns[i]]) * values[i];
    }
    to.value()[row] = static_cast<real>(sum);
  }
}

void fill_attention(const MultiheadAttention& from, const Choice& heads,
                    const MultiheadAttention& to) {
  const std::int64_t count = from.heads();
  const std::int64_t size = head_size(from);
  const IndexList rows = rows_of(which(heads.kept), count, 3, size);
  gather(from.in_proj_weight(), rows, all_of(from.in_proj_weight().shape()[1]),
         to.in_proj_weight());
  gather(from.in_proj_bias(), rows, to.in_proj_bias());
  const Linear& out = from.out_proj();
  gather(out.weight(), all_of(out.weight().shape()[0]), rows_of(which(heads.kept), count, 1, size),
         to.out_proj().weight());
  const IndexList folded = rows_of(which(heads.folded), count, 1, size);
  std::vector<double> values;
  for (const std::int64_t i : folded) {
    values.push_back(static_cast<double>(from.in_proj_bias().value()[2 * count * size + i]));
  }
  fold(out, folded, values, to.out_proj().bias());
}

double activated(double x, Nonlinearity nonlinearity) {
  if (nonlinearity == Nonlinearity::relu) return std::max(x, 0.0);
  return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
}

void fill_feed_forward(const FeedForward& from, const Choice& units, const FeedForward& to) {
  const Parameter& in = from.linear1().weight();
  const Parameter& out = from.linear2().weight();
  const IndexList kept = which(units.kept);
  gather(in, kept, all_of(in.shape()[1]), to.linear1().weight());
  gather(from.linear1().bias(), kept, to.linear1().bias());
  gather(out, all_of(out.shape()[0]), kept, to.linear2().weight());
  const IndexList folded = which(units.folded);
  std::vector<double> values;
  for (const std::int64_t unit : folded) {
    values.push_back(
        activated(static_cast<double>(from.linear1().bias().value()[unit]), from.nonlinearity()));
  }
  fold(from.linear2(), folded, values, to.linear2().bias());
}

}  // namespace

LayerSizes PatchTransformer::layer_sizes() const {
  LayerSizes sizes;
  for (const TransformerEncoderLayer& layer : layers_) {
    sizes["heads"].push_back(layer.self_attn().heads());
    sizes["feed_forward"].push_back(layer.feed_forward().linear1().weight().shape()[0]);
  }
  return sizes;
}

std::unique_ptr<Model> PatchTransformer::compacted() const {
  std::vector<Choice> heads;
  std::vector<Choice> units;
  Options options = options_;
  options.layer.head_size = head_size(layers_[0].self_attn());
  options.widths.clear();
  for (const TransformerEncoderLayer& layer : layers_) {
    heads.push_back(choose_heads(layer.self_attn()));
    units.push_back(choose_units(layer.feed_forward()));
    options.widths.push_back({.heads = std::ssize(which(heads.back().kept)),
                              .feed_forward = std::ssize(which(units.back().kept))});
  }
  auto smaller = std::make_unique<PatchTransformer>(shape_, options);
  if (smaller->parameters().count() == parameters().count()) return nullptr;
  for (const Parameter& parameter : parameters().all()) {
    const Parameter& to = *smaller->parameters().find(parameter.name());
    if (to.shape() == parameter.shape()) {
      std::ranges::copy(parameter.value().span(), to.value().data);
    }
  }
  for (std::size_t k = 0; k < layers_.size(); ++k) {
    const TransformerEncoderLayer& to = smaller->layers_[k];
    fill_attention(layers_[k].self_attn(), heads[k], to.self_attn());
    fill_feed_forward(layers_[k].feed_forward(), units[k], to.feed_forward());
  }
  return smaller;
}

}  // namespace espalier
