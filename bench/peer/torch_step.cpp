// What torch_step.py does, by libtorch without Python: the same models, numbers and order of work.
// Prints one JSON line: {"train_us": …, "infer_us": …}, or with --losses N the first N losses and
// what check_peer.py compares beside them.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <torch/torch.h>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using torch::Tensor;
namespace nn = torch::nn;

constexpr std::int64_t hidden = 64;
constexpr std::int64_t embed = 64;
constexpr std::int64_t heads = 4;
constexpr std::int64_t layers = 2;
constexpr std::int64_t feed_forward = 256;
constexpr double learning_rate = 1e-3;
constexpr double max_grad_norm = 1.0;
constexpr double init_bound = 0.25;
constexpr double target_deviation = 10.0;
constexpr std::uint64_t seed = 42;

struct Case {
  std::string model;
  std::int64_t window = 30;
  std::int64_t batch = 64;
  std::int64_t features = 8;
  double sparsity = 0;
  double seconds = 0.3;
  std::int64_t losses = 0;
};

/// A forecaster: x [time, batch, feature] → [batch, 1].
struct Network : nn::Module {
  virtual Tensor forward(const Tensor& x) = 0;
  /// The same without gradients, by whatever libtorch has for it.
  virtual Tensor infer(const Tensor& x) { return forward(x); }
};

/// The last hidden state of one layer into Linear(hidden, 1). Layer: nn::RNN or nn::LSTM.
template <typename Layer>
struct Recurrent final : Network {
  explicit Recurrent(std::int64_t features)
      : rnn(register_module("rnn", Layer(features, hidden))),
        head(register_module("head", nn::Linear(hidden, 1))) {}

  Tensor forward(const Tensor& x) override { return head(last(std::get<1>(rnn(x)))[0]); }

  static Tensor last(const Tensor& state) { return state; }
  static Tensor last(const std::tuple<Tensor, Tensor>& state) { return std::get<0>(state); }

  Layer rnn;
  nn::Linear head;
};

/// Rows of a patch by window, as in the scripts of arXiv 2508.09330.
std::int64_t patch_rows(std::int64_t window) {
  return window <= 7 ? 1 : window <= 14 ? 2 : window <= 30 ? 3 : 4;
}

/// The form of arXiv 2508.09330's scripts; see torch_step.py.
struct PatchTransformer final : Network {
  PatchTransformer(std::int64_t features, std::int64_t window)
      : patch(patch_rows(window)),
        count((window + patch - 1) / patch),
        missing(count * patch - window),
        patch_embedding(register_module("patch_embedding", nn::Linear(patch * features, embed))),
        positions(register_parameter("positions", torch::randn({count, embed}))),
        encoder(register_module(
            "encoder", nn::TransformerEncoder(nn::TransformerEncoderLayer(
                                                  nn::TransformerEncoderLayerOptions(embed, heads)
                                                      .dim_feedforward(feed_forward)
                                                      .dropout(0.0)),
                                              layers))),
        norm(register_module("norm", nn::LayerNorm(nn::LayerNormOptions({embed})))),
        head(register_module("head", nn::Linear(embed, 1))) {}

  Tensor tokens(const Tensor& x) {
    Tensor rows = x;
    if (missing > 0) rows = torch::cat({x, x.narrow(0, x.size(0) - 1, 1).repeat({missing, 1, 1})});
    rows = rows.unflatten(0, {count, patch}).transpose(1, 2).flatten(2);
    return patch_embedding(rows) + positions.unsqueeze(1);
  }

  Tensor forward(const Tensor& x) override { return head(norm(encoder(tokens(x))).mean(0)); }

  /// By the fused layers that Python's TransformerEncoderLayer uses too; they take the batch first.
  Tensor infer(const Tensor& x) override {
    Tensor y = tokens(x).transpose(0, 1).contiguous();
    for (const auto& module : *encoder->layers) {
      const auto& layer = *module->as<nn::TransformerEncoderLayer>();
      const auto& attention = *layer.self_attn;
      y = torch::_transformer_encoder_layer_fwd(
          y, embed, heads, attention.in_proj_weight, attention.in_proj_bias,
          attention.out_proj->weight, attention.out_proj->bias, /*use_gelu=*/false,
          /*norm_first=*/false, layer.norm1->options.eps(), layer.norm1->weight, layer.norm1->bias,
          layer.norm2->weight, layer.norm2->bias, layer.linear1->weight, layer.linear1->bias,
          layer.linear2->weight, layer.linear2->bias);
    }
    return head(norm(y).mean(1));
  }

  std::int64_t patch;
  std::int64_t count;
  std::int64_t missing;
  nn::Linear patch_embedding;
  Tensor positions;
  nn::TransformerEncoder encoder;
  nn::LayerNorm norm;
  nn::Linear head;
};

std::shared_ptr<Network> make_network(const Case& what) {
  if (what.model == "rnn") return std::make_shared<Recurrent<nn::RNN>>(what.features);
  if (what.model == "lstm") return std::make_shared<Recurrent<nn::LSTM>>(what.features);
  if (what.model == "patch_transformer") {
    return std::make_shared<PatchTransformer>(what.features, what.window);
  }
  std::fprintf(stderr, "--model is %s, expected rnn, lstm or patch_transformer\n",
               what.model.c_str());
  std::exit(2);
}

/// Training on one fixed batch. Parameters are views of one tensor, their gradients of another, so
/// that Adam, clipping and masks are one call each.
class Step {
 public:
  explicit Step(const Case& what) : masked_(what.sparsity > 0) {
    network_ = make_network(what);
    torch::manual_seed(seed);
    std::map<std::string, Tensor> by_name;
    for (const auto& item : network_->named_parameters()) by_name.emplace(item.key(), item.value());
    {
      torch::NoGradGuard no_grad;
      for (auto& [name, p] : by_name) p.uniform_(-init_bound, init_bound);
    }
    std::vector<Tensor> masks;
    for (const auto& [name, p] : by_name) {
      const bool is_matrix = p.dim() > 1 && name != "positions";
      masks.push_back((is_matrix ? (torch::rand(p.sizes()) >= what.sparsity).to(torch::kFloat)
                                 : torch::ones(p.sizes()))
                          .flatten());
    }
    mask_ = torch::cat(masks);
    x_ = torch::randn({what.batch, what.window, what.features}).transpose(0, 1).contiguous();
    target_ = target_deviation * torch::randn({what.batch, 1});
    flatten(by_name);
    adam_ = std::make_unique<torch::optim::Adam>(std::vector<Tensor>{whole_},
                                                 torch::optim::AdamOptions(learning_rate));
  }

  /// Forward, backward, clip, Adam, masks. Returns the loss before it.
  Tensor train_step() {
    whole_.mutable_grad().zero_();
    const Tensor loss = torch::mse_loss(network_->forward(x_), target_);
    loss.backward();
    if (masked_) whole_.mutable_grad().mul_(mask_);
    found_norm_ = nn::utils::clip_grad_norm_(whole_, max_grad_norm);
    adam_->step();
    if (masked_) apply_mask();
    return loss;
  }

  /// Of the last step's gradient: as clipping found it, and as Adam did.
  std::pair<double, double> grad_norms() const {
    return {found_norm_, whole_.grad().norm().item<double>()};
  }

  Tensor infer() {
    torch::InferenceMode guard;
    return network_->infer(x_);
  }

  void eval() { network_->eval(); }

 private:
  void flatten(std::map<std::string, Tensor>& by_name) {
    std::vector<Tensor> parts;
    for (const auto& [name, p] : by_name) parts.push_back(p.detach().flatten());
    whole_ = torch::cat(parts).requires_grad_();
    whole_.mutable_grad() = torch::zeros_like(whole_);
    std::int64_t begin = 0;
    for (auto& [name, p] : by_name) {
      p.set_data(whole_.detach().narrow(0, begin, p.numel()).view_as(p));
      p.mutable_grad() = whole_.grad().narrow(0, begin, p.numel()).view_as(p);
      begin += p.numel();
    }
  }

  void apply_mask() {
    torch::NoGradGuard no_grad;
    whole_.mul_(mask_);
  }

  bool masked_;
  double found_norm_ = 0;
  std::shared_ptr<Network> network_;
  Tensor whole_;
  Tensor mask_;
  Tensor x_;
  Tensor target_;
  std::unique_ptr<torch::optim::Adam> adam_;
};

/// Median time of a call in microseconds, over `seconds` after a warm-up of a third as long.
double median_us(const std::function<void()>& call, double seconds) {
  using Clock = std::chrono::steady_clock;
  using Microseconds = std::chrono::duration<double, std::micro>;
  std::vector<double> times;
  for (const double duration : {seconds / 3, seconds}) {
    times.clear();
    const auto end = Clock::now() + std::chrono::duration<double>(duration);
    for (auto begin = Clock::now(); begin < end || times.size() < 5; begin = Clock::now()) {
      call();
      times.push_back(Microseconds(Clock::now() - begin).count());
    }
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

Case read_arguments(int argc, char** argv) {
  Case what;
  const std::map<std::string, std::function<void(const char*)>> options{
      {"--model", [&](const char* value) { what.model = value; }},
      {"--window", [&](const char* value) { what.window = std::atoll(value); }},
      {"--batch", [&](const char* value) { what.batch = std::atoll(value); }},
      {"--features", [&](const char* value) { what.features = std::atoll(value); }},
      {"--sparsity", [&](const char* value) { what.sparsity = std::atof(value); }},
      {"--seconds", [&](const char* value) { what.seconds = std::atof(value); }},
      {"--losses", [&](const char* value) { what.losses = std::atoll(value); }}};
  for (int k = 1; k < argc; k += 2) {
    const auto option = options.find(argv[k]);
    if (option == options.end() || k + 1 == argc) {
      std::fprintf(stderr, "%s: not an option, or its value is missing\n", argv[k]);
      std::exit(2);
    }
    option->second(argv[k + 1]);
  }
  return what;
}

void print_losses(Step& step, std::int64_t steps) {
  std::printf("{\"forecast\": %.9g", step.infer().square().mean().item<double>());
  std::string losses;
  std::string grad_norms;
  for (std::int64_t k = 0; k < steps; ++k) {
    const char* separator = k > 0 ? ", " : "";
    losses += separator + std::to_string(step.train_step().item<double>());
    const auto [found, clipped] = step.grad_norms();
    grad_norms += separator + ("[" + std::to_string(found) + ", " + std::to_string(clipped) + "]");
  }
  std::printf(", \"losses\": [%s], \"grad_norms\": [%s]}\n", losses.c_str(), grad_norms.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const Case what = read_arguments(argc, argv);
  torch::set_num_threads(1);
  at::globalContext().setFlushDenormal(true);
  Step step(what);
  if (what.losses > 0) {
    print_losses(step, what.losses);
    return 0;
  }
  const double train_us = median_us([&] { step.train_step(); }, what.seconds);
  step.eval();
  const double infer_us = median_us([&] { step.infer(); }, what.seconds);
  std::printf("{\"train_us\": %.3f, \"infer_us\": %.3f}\n", train_us, infer_us);
}
