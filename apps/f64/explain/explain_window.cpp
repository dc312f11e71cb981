#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include "apps/f64/central_difference.h"
#include "apps/f64/explain/explanation.h"
#include "apps/f64/explain/onlookers.h"
#include "apps/f64/gradcheck/breaker.h"
#include "core/ops.h"
#include "core/safetensors.h"
#include "models/patch_transformer.h"
#include "models/registry.h"
#include "regularizers/registry.h"

namespace double_precision {

namespace {

// The names below are those of the engine in double.
using namespace espalier;

static_assert(Explanation::tolerance == gradient_tolerance);

Settings settings_of(const SettingMap& values) {
  Settings settings;
  for (const auto& [name, value] : values) settings.set(name, value);
  return settings;
}

Regularizers make_regularizers(const std::vector<RunRegularizer>& wanted, Parameters& parameters) {
  Regularizers regularizers;
  for (const RunRegularizer& one : wanted) {
    const RegularizerContext context{
        .protocol = one.author_protocol ? Protocol::author : Protocol::honest,
        .epochs = one.epochs,
        .key = RandomKey(one.key)};
    regularizers.push_back(make_regularizer(one.type, settings_of(one.settings), context));
    regularizers.back()->attach(parameters);
  }
  return regularizers;
}

/// The network with its window, to be run as often as it takes.
class OneWindow {
 public:
  explicit OneWindow(const WindowQuestion& question)
      : shape_{.window = question.window,
               .features = question.features,
               .horizon = question.horizon,
               .targets = question.targets,
               .own_past = question.own_past},
        by_absolute_error_(question.loss == "mae"),
        inputs_(question.inputs),
        truth_(question.truth) {
    model_ = make_model(question.model, settings_of(question.settings), shape_);
    regularizers_ = make_regularizers(question.regularizers, model_->parameters());
    auto recorder = std::make_unique<NodeRecorder>();
    recorder_ = recorder.get();
    regularizers_.push_back(std::move(recorder));
    load_parameters(question.weights_file, model_->parameters());
  }

  struct Pass {
    Var inputs, forecast, loss;
  };
  /// Afterwards the tape's last node is the loss. Notes to `record`, if given, what nodes are.
  Pass run(Tape& tape, Explanation* record = nullptr) {
    recorder_->record_to(record);
    Forward pass(tape, regularizers_, Forward::Purpose::evaluation, 0);
    const Var x = tape.variable({inputs_.data(), {shape_.window, shape_.features, 1}}, "x");
    const Var forecast = model_->forward(pass, x);
    const Var y = tape.constant({truth_.data(), {shape_.outputs(), 1}}, "y");
    return {x, forecast, by_absolute_error_ ? mae_loss(forecast, y) : mse_loss(forecast, y)};
  }

  Model& model() { return *model_; }

 private:
  ForecastShape shape_;
  bool by_absolute_error_;
  std::vector<real> inputs_;
  std::vector<real> truth_;
  std::unique_ptr<Model> model_;
  Regularizers regularizers_;
  NodeRecorder* recorder_ = nullptr;  // the last of them
};

/// The loss with one element of any node moved.
class Differences {
 public:
  Differences(OneWindow& window, const Tape& tape, double loss)
      : window_(window), nodes_(tape.nodes()), scale_(std::max(1.0, loss)) {}

  ComparedDerivative compare(std::uint32_t node, std::size_t element, double backward) {
    ComparedDerivative best{.element = element, .backward = backward};
    for (const double step : {1.0, 0.1, 0.01, 0.001}) {
      const double found = difference(node, element, step);
      const double error =
          CheckedDerivative{.backward = backward / scale_, .difference = found / scale_}.error();
      if (step == 1 || error < best.error) {
        best.difference = found;
        best.error = error;
      }
      if (best.error <= Explanation::tolerance) break;
    }
    return best;
  }

 private:
  double difference(std::uint32_t node, std::size_t element, double step) {
    real& value = nodes_[node]->value[static_cast<std::int64_t>(element)];
    // Parameters and inputs are read from where they lie at each run.
    if (nodes_[node]->inputs.empty()) {
      return central_difference(
          value, [this] { return loss(nullptr); }, step);
    }
    moved_.choose(node, element);
    moved_.value = value;
    return central_difference(
        moved_.value, [this] { return loss(&moved_); }, step);
  }

  double loss(TapeObserver* observer) {
    tape_.reset();
    tape_.watch(observer);
    const Var again = window_.run(tape_).loss;
    tape_.complete();
    return again.value()[0];
  }

  OneWindow& window_;
  std::span<Node* const> nodes_;
  double scale_;
  MovedElement moved_;
  Tape tape_{Tape::Mode::inference};
};

/// The steepest, and others evenly spread.
std::set<std::size_t> chosen_elements(const ExplainedNode& node, std::size_t most) {
  const std::size_t count = node.gradient.size();
  std::set<std::size_t> chosen;
  if (most == 0 || count <= most) {
    for (std::size_t i = 0; i < count; ++i) chosen.insert(i);
    return chosen;
  }
  chosen.insert(node.steepest());
  for (std::size_t i = 0; i + 1 < most; ++i) chosen.insert((2 * i + 1) * count / (2 * (most - 1)));
  return chosen;
}

ExplainedNode read_node(const Node& node) {
  ExplainedNode read{.op = node.op, .name = node.name};
  for (int axis = 0; axis < node.value.shape.rank(); ++axis) {
    read.shape.push_back(node.value.shape[axis]);
  }
  for (const Var input : node.inputs) read.inputs.push_back(input.index());
  read.values.assign(node.value.span().begin(), node.value.span().end());
  if (node.needs_grad && !node.grad.empty()) {
    read.gradient.assign(node.grad.span().begin(), node.grad.span().end());
  }
  return read;
}

void check_op(const std::string& op, const Tape& tape) {
  std::set<std::string> ops;
  for (const Node* node : tape.nodes()) {
    if (!node->inputs.empty()) ops.insert(node->op);
  }
  if (op.empty() || ops.contains(op)) return;
  std::string known;
  for (const std::string& name : ops) known += (known.empty() ? "" : ", ") + name;
  throw UnusableOp("the network has no op \"" + op + "\": expected one of " + known);
}

std::vector<std::pair<std::int64_t, std::int64_t>> rows_of_tokens(const Model& model) {
  std::vector<std::pair<std::int64_t, std::int64_t>> rows;
  if (const auto* transformer = dynamic_cast<const PatchTransformer*>(&model)) {
    const PatchGrid& grid = transformer->patch_grid();
    for (std::int64_t k = 0; k < grid.count; ++k) {
      rows.emplace_back(k * grid.stride, k * grid.stride + grid.length);
    }
  }
  return rows;
}

}  // namespace

Explanation explain_window(const WindowQuestion& question) {
  OneWindow window(question);
  Explanation explanation;
  Tape tape;
  const OneWindow::Pass pass = window.run(tape, &explanation);
  check_op(question.broken_op, tape);
  explanation.inputs = pass.inputs.index();
  explanation.forecast = pass.forecast.index();
  explanation.loss = pass.loss.index();
  explanation.patches = rows_of_tokens(window.model());

  window.model().parameters().zero_grad();
  Breaker breaker({question.broken_op});
  if (!question.broken_op.empty()) tape.watch(&breaker);
  tape.backward(pass.loss);
  if (!question.broken_op.empty() && breaker.falsified(question.broken_op) == 0) {
    throw UnusableOp("all gradients that \"" + question.broken_op +
                     "\" hands back here are 0: there is nothing to make wrong");
  }

  for (const Node* node : tape.nodes()) explanation.nodes.push_back(read_node(*node));
  Differences differences(window, tape, pass.loss.value()[0]);
  for (std::uint32_t k = 0; k < explanation.nodes.size(); ++k) {
    ExplainedNode& node = explanation.nodes[k];
    for (const std::size_t element : chosen_elements(node, question.most_compared)) {
      node.compared.push_back(differences.compare(k, element, node.gradient[element]));
    }
  }
  return explanation;
}

}  // namespace double_precision
