#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What the program in float asks of the engine in double. Types of the two don't mix, so only
/// those of the standard library stand here.
namespace double_precision {

/// As Settings holds it.
using Setting = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                             std::vector<double>, std::vector<std::string>>;

using SettingMap = std::map<std::string, Setting, std::less<>>;

/// A regularizer of the run, as registered, with its complete settings.
struct RunRegularizer {
  std::string type;
  SettingMap settings;
  /// As RegularizerContext.
  bool author_protocol = false;
  std::int64_t epochs = 1;
  std::uint64_t key = 0;
};

/// A trained network and one window to put through it.
struct WindowQuestion {
  /// As registered, with its complete settings.
  std::string model;
  SettingMap settings;
  /// In the order of the config; they act as in evaluation.
  std::vector<RunRegularizer> regularizers;
  /// As ForecastShape.
  std::int64_t window = 1;
  std::int64_t features = 1;
  std::int64_t horizon = 1;
  std::int64_t targets = 1;
  std::vector<std::int64_t> own_past;
  /// Safetensors, of floats or doubles.
  std::string weights_file;
  /// "mse" or "mae".
  std::string loss;
  /// Scaled: [window][features].
  std::vector<double> inputs;
  /// Scaled: [horizon][targets].
  std::vector<double> truth;
  /// Elements of a node to compare at most; 0: all.
  std::size_t most_compared = 5;
  /// An op each node of which hands one input a gradient with one element wrong by 1 %, as in
  /// gradcheck, to watch the comparison find out; empty: none.
  std::string broken_op;
};

/// One derivative of the loss, by backward and by a central difference.
struct ComparedDerivative {
  std::size_t element = 0;
  double backward = 0;
  double difference = 0;
  /// |backward − difference| / max(1, |backward|, |difference|, loss)
  double error = 0;
};

/// A node of the tape.
struct ExplainedNode {
  /// The op, or the parameter's name.
  std::string op = {};
  /// What the layer that made it calls it; may be empty.
  std::string name = {};
  std::vector<std::int64_t> shape = {};
  std::vector<std::uint32_t> inputs = {};
  std::vector<double> values = {};
  /// Empty where the loss doesn't depend on it.
  std::vector<double> gradient = {};
  /// In the order of the elements; with the largest gradient of the node among them.
  std::vector<ComparedDerivative> compared = {};

  /// √Σ gradient².
  double gradient_norm() const;
  /// Position of the largest |gradient|; the node must have one.
  std::size_t steepest() const;
  /// Largest error of `compared`; 0 if it is empty, NaN if one is.
  double worst_error() const;
};

/// One time step of a recurrent layer: nodes first … last, and those of them that have names.
/// Where regularizers replace a state, what the next step gets is named too: "next h", "next c".
struct ExplainedStep {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::vector<std::uint32_t> gates;
  /// The hidden state that the next step gets: the gate h, or what regularizers put in its place.
  std::uint32_t next_h = 0;
};

/// Everything one forward and one backward pass computed. Numbers of nodes count from 0 in the
/// order of forward.
struct Explanation {
  std::vector<ExplainedNode> nodes;
  /// [window, features, 1]
  std::uint32_t inputs = 0;
  /// [horizon · targets, 1]
  std::uint32_t forecast = 0;
  std::uint32_t loss = 0;
  /// Steps of each recurrent layer. Gates are [hidden, 1].
  std::vector<std::vector<ExplainedStep>> recurrent_layers;
  /// Weights of each attention layer, [heads, queries, keys, channels].
  std::vector<std::uint32_t> attention;
  /// First row of the window and the one behind the last, from 0, of each token; rows beyond the
  /// window repeat its last one.
  std::vector<std::pair<std::int64_t, std::int64_t>> patches;

  /// Comparisons made, and derivatives there are.
  std::size_t compared() const;
  std::size_t derivatives() const;
  /// A node's errors from here on are no rounding.
  static constexpr double tolerance = 1e-7;
  bool agrees(const ExplainedNode& node) const { return node.worst_error() <= tolerance; }
  /// Comparisons whose error is above the tolerance.
  std::size_t disagreements() const;
};

/// The network has no op of that name, or none whose derivatives could be made wrong.
class UnusableOp : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs the network in double, recurrent layers step by step so that their gates are nodes, and
/// compares what backward says with differences. A derivative passes if it does for one of several
/// step sizes: beside a kink (relu, mae) only small steps stay on one side. Throws UnusableOp for
/// `broken_op`, else std::exception.
Explanation explain_window(const WindowQuestion& question);

}  // namespace double_precision
