#include "apps/graph/step_profile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/config/read_config.h"
#include "apps/graph/graph_dot.h"
#include "apps/training/batch_loss.h"
#include "apps/training/trainer.h"
#include "core/forward.h"
#include "tests/apps/small_catalogue.h"

namespace espalier {
namespace {

using Kind = NodeProfile::Kind;

/// Waves, in batches of 4 windows of 5 rows.
struct SmallRun {
  explicit SmallRun(const std::string& model, const std::string& regularizers = "[]") {
    std::string csv = "y\n";
    for (int row = 0; row < 30; ++row) csv += std::to_string(std::sin(row)) + "\n";
    folder.write("rows.csv", csv);
    config = parse_config(R"({"data": {"path": "rows.csv", "target": "y", "window": 5},
        "train": {"epochs": 3, "batch": 4}, "model": )" +
                              model + R"(, "regularizers": )" + regularizers + "}",
                          folder / "run.json", {}, registered_components());
  }

  testing::ScratchFolder folder;
  Config config;
};

constexpr std::int64_t number = sizeof(real);  // bytes

const std::string lstm = R"({"type": "lstm", "hidden": 2})";

std::vector<NodeProfile> profile_of(const SmallRun& run) {
  const ForecastingTask task = load_task(run.config.data, run.config.protocol);
  Learner learner = make_learner(run.config, task.frame);
  return profile_step(run.config, task, learner, 3);
}

const NodeProfile& node_named(const std::vector<NodeProfile>& nodes, const std::string& op) {
  const auto found = std::ranges::find(nodes, op, &NodeProfile::op);
  REQUIRE_MESSAGE(found != nodes.end(), "no node ", op);
  return *found;
}

/// The names of its inputs. (Which parameter is recorded first is the compiler's choice.)
std::vector<std::string> inputs_of(const std::vector<NodeProfile>& nodes, const std::string& op) {
  std::vector<std::string> names;
  for (const std::uint32_t input : node_named(nodes, op).inputs) names.push_back(nodes[input].op);
  return names;
}

using Names = std::vector<std::string>;

template <typename Slab>
std::vector<real> copy(const Slab& slab) {
  return {slab.begin(), slab.end()};
}

/// Weights and optimizer state at the end of training.
std::vector<real> trained(const Config& config, const ForecastingTask& task, Learner& learner) {
  Trainer(config, task, learner, 1).run({});
  std::vector<real> all = copy(learner.model->parameters().values());
  for (const Parameters::State& state : learner.model->parameters().states()) {
    all.insert(all.end(), state.slab.begin(), state.slab.end());
  }
  return all;
}

}  // namespace

TEST_CASE("the profile of an LSTM's step has its nodes, shapes and inputs") {
  const std::vector<NodeProfile> nodes = profile_of(SmallRun(lstm));
  REQUIRE(nodes.size() == 12);
  const std::map<std::string, std::string> shapes{{"x", "(5,1,4)"},
                                                  {"y", "(1,4)"},
                                                  {"lstm.weight_ih_l0", "(8,1)"},
                                                  {"lstm.weight_hh_l0", "(8,2)"},
                                                  {"lstm.bias_ih_l0", "(8)"},
                                                  {"lstm.bias_hh_l0", "(8)"},
                                                  {"lstm_sequence", "(5,2,4)"},
                                                  {"select", "(2,4)"},
                                                  {"fc.weight", "(1,2)"},
                                                  {"fc.bias", "(1)"},
                                                  {"linear", "(1,4)"},
                                                  {"mse_loss", "(1)"}};
  for (const NodeProfile& node : nodes) {
    CAPTURE(node.op);
    REQUIRE(shapes.contains(node.op));
    CHECK(node.shape == shapes.at(node.op));
    const bool data = node.op == "x" || node.op == "y";
    const bool parameter = node.op.find('.') != std::string::npos;
    CHECK(node.kind == (data ? Kind::data : parameter ? Kind::parameter : Kind::op));
    CHECK(node.needs_grad == !data);
  }
  CHECK(inputs_of(nodes, "lstm_sequence") ==
        Names{"x", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0"});
  CHECK(inputs_of(nodes, "select") == Names{"lstm_sequence"});
  CHECK(inputs_of(nodes, "linear") == Names{"select", "fc.weight", "fc.bias"});
  CHECK(inputs_of(nodes, "mse_loss") == Names{"linear", "y"});
}

TEST_CASE("a node's bytes are its value, its gradient and what it keeps") {
  const SmallRun run(R"({"type": "lstm", "hidden": 16})");
  const std::vector<NodeProfile> nodes = profile_of(run);
  CHECK(node_named(nodes, "x").bytes == 5 * 4 * number);
  CHECK(node_named(nodes, "lstm.weight_hh_l0").bytes == 64 * 16 * number);
  // Value and gradient [5, 16, 4]; kept c and tanh(c) of that size and the gates [5, 64, 4]; in
  // backward the gates' gradients of a step [64, 4] and sums for weight_hh [64, 16]. What else
  // there is depends on the CPU: sums for weight_ih, at most [64, 16], padding, and the node
  // itself.
  const std::int64_t sums = number * 64 * 16;
  const std::int64_t sequence = number * (4 * 5 * 16 * 4 + 5 * 64 * 4 + 64 * 4) + sums;
  CHECK(node_named(nodes, "lstm_sequence").bytes >= sequence);
  CHECK(node_named(nodes, "lstm_sequence").bytes < sequence + sums + 3000);
  // Value and gradient [16, 4].
  CHECK(node_named(nodes, "select").bytes >= number * 2 * 16 * 4);
  CHECK(node_named(nodes, "select").bytes < number * 4 * 16 * 4);

  // All together they are what a step takes, but for x, y and the leaves' own nodes.
  const ForecastingTask task = load_task(run.config.data, run.config.protocol);
  const Learner learner = make_learner(run.config, task.frame);
  Tape tape;
  Forward pass(tape, learner.regularizers, Forward::Purpose::training, 0);
  const std::vector<std::size_t> batch{0, 1, 2, 3};
  tape.backward(batch_loss(run.config, task.windows, *learner.model, pass, batch));
  std::int64_t ops = 0;
  for (const NodeProfile& node : nodes) ops += node.kind == Kind::op ? node.bytes : 0;
  const auto taken = static_cast<std::int64_t>(tape.arena().used_bytes());
  CHECK(ops < taken);
  CHECK(taken - ops < 256 + 8 * 256);
}

TEST_CASE("only nodes that backward reaches have a time there") {
  const std::vector<NodeProfile> nodes = profile_of(SmallRun(lstm));
  double forward = 0;
  double backward = 0;
  for (const NodeProfile& node : nodes) {
    CAPTURE(node.op);
    CHECK(node.forward_us >= 0);
    CHECK(node.backward_us >= 0);
    if (!node.needs_grad) CHECK(node.backward_us == 0);
    forward += node.forward_us;
    backward += node.backward_us;
  }
  CHECK(forward > 0);
  CHECK(backward > 0);
}

TEST_CASE("a model with nothing to train goes forward only") {
  const std::vector<NodeProfile> nodes = profile_of(SmallRun(R"({"type": "persistence"})"));
  CHECK(inputs_of(nodes, "mse_loss") == Names{"repeat_rows", "y"});
  for (const NodeProfile& node : nodes) {
    CHECK(!node.needs_grad);
    CHECK(node.backward_us == 0);
    CHECK(node.bytes > 0);
  }
}

TEST_CASE("a profile leaves the learner as it was, and training after it the same") {
  const SmallRun run(lstm,
                     R"([{"type": "dropout", "sites": ["input", "head"]}, {"type": "weight_drop"},
                {"type": "zoneout"}, {"type": "synaptic_pruning", "warmup_epochs": 1, "every": 1}])");
  const ForecastingTask task = load_task(run.config.data, run.config.protocol);
  Learner untouched = make_learner(run.config, task.frame);
  Learner profiled = make_learner(run.config, task.frame);
  Parameters& parameters = profiled.model->parameters();
  std::ranges::fill(parameters.grads(), real{0.5});
  const std::vector<real> values = copy(parameters.values());
  const std::vector<NodeProfile> nodes = profile_step(run.config, task, profiled, 2);
  // Masks are drawn: this is the step of training.
  CHECK(inputs_of(nodes, "mask_scale").size() == 1);
  CHECK(copy(parameters.values()) == values);
  CHECK(std::ranges::all_of(parameters.grads(), [](real grad) { return grad == real{0.5}; }));
  CHECK(std::ranges::all_of(parameters.masks(), [](auto live) { return live == 1; }));
  const std::vector<real> expected = trained(run.config, task, untouched);
  CHECK(expected != values);
  CHECK(trained(run.config, task, profiled) == expected);
}

}  // namespace espalier
