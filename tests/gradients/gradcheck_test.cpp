// What `espalier gradcheck` checks: that it is everything there is, that it is right, and that each
// wrong derivative is caught.

#include "apps/f64/gradcheck/gradcheck.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "apps/f64/gradcheck/breaker.h"
#include "apps/f64/gradcheck/gradient_case.h"
#include "core/ops.h"
#include "models/registry.h"
#include "tests/support/small_model.h"

namespace espalier::test {

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

/// A case with its differences, which take the time and which no false derivative changes.
struct Known {
  GradientCase one;
  std::vector<double> differences;
  /// Ops whose nodes hand on a gradient.
  Names ops;

  std::string name() const { return one.kind + " " + one.name + " " + one.form; }
};

/// Notes the ops that go back.
class OpNames final : public TapeObserver {
 public:
  explicit OpNames(Names& names) : names_(names) {}
  void on_backward(Var node) override { names_.insert(node.node().op); }

 private:
  Names& names_;
};

std::vector<Known>& known_cases() {
  static std::vector<Known> known = [] {
    std::vector<Known> made;
    for (GradientCase& one : all_cases()) {
      Known& last = made.emplace_back(Known{one, case_differences(one), {}});
      OpNames names(last.ops);
      differentiate(last.one, &names);
    }
    return made;
  }();
  return known;
}

Names names_of(const std::string& kind) {
  Names names;
  for (const double_precision::GradcheckSubject& subject : double_precision::gradcheck_subjects()) {
    if (subject.kind == kind) names.insert(subject.name);
  }
  return names;
}

std::string text_of(const fs::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

const fs::path root = ESPALIER_SOURCE_DIR;

/// The ops that a header declares.
Names declared_ops(const std::string& header) {
  static const std::regex declaration(R"((?:^|\n)Var (\w+)\()");
  Names names;
  const std::sregex_iterator end;
  for (std::sregex_iterator at(header.begin(), header.end(), declaration); at != end; ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

/// The sources in core/ops that record a node, without their endings.
Names recording_files() {
  Names names;
  for (const auto& entry : fs::directory_iterator(root / "core/ops")) {
    if (entry.path().extension() != ".cpp") continue;
    if (text_of(entry.path()).find("record<") == std::string::npos) continue;
    names.insert(entry.path().stem().string());
  }
  return names;
}

/// The headers in layers/ that hold a layer: one is what recurrent layers share, one draws initial
/// values.
Names layer_headers() {
  Names names;
  for (const auto& entry : fs::directory_iterator(root / "layers")) {
    if (entry.path().extension() == ".h") names.insert(entry.path().stem().string());
  }
  CHECK(names.erase("recurrent") == 1);
  CHECK(names.erase("initialise") == 1);
  return names;
}

Names trainable_models() {
  Names names;
  for (const ModelEntry& entry : model_registry()) {
    const auto model = entry.make(small_settings(entry.info), {.window = 5, .own_past = {0}});
    if (model->parameters().count() > 0) names.insert(entry.info.name);
  }
  return names;
}

/// Those of `wanted` that `found` lacks, one after the other.
std::string missing(const Names& wanted, const Names& found) {
  std::string lacking;
  for (const std::string& name : wanted) {
    if (!found.contains(name)) lacking += name + " ";
  }
  return lacking;
}

std::vector<double_precision::GradcheckSubject> subjects(const std::string& kind,
                                                         const Names& names) {
  std::vector<double_precision::GradcheckSubject> all;
  for (const std::string& name : names) all.push_back({kind, name});
  return all;
}

}  // namespace

TEST_CASE("every case's gradients are the slopes of its values") {
  for (Known& known : known_cases()) {
    INFO(known.name());
    CHECK(compare_gradients(differentiate(known.one), known.differences).problem() == "");
  }
}

TEST_CASE("every op, every layer and every trainable model is checked") {
  const Names ops = names_of("op");
  const Names declared = declared_ops(text_of(root / "core/ops.h"));
  CHECK(declared.size() > 30);
  CHECK(missing(declared, ops) == "");
  CHECK(missing(ops, declared) == "");
  CHECK(recording_files().size() > 30);
  CHECK(missing(recording_files(), ops) == "");
  CHECK(layer_headers().size() > 8);
  CHECK(missing(layer_headers(), names_of("layer")) == "");
  CHECK(missing(names_of("layer"), layer_headers()) == "");
  CHECK(trainable_models().size() > 6);
  CHECK(missing(trainable_models(), names_of("model")) == "");
  CHECK(missing(names_of("model"), trainable_models()) == "");
}

TEST_CASE("an op without a check is noticed") {
  Names ops = names_of("op");
  ops.erase("softmax");
  CHECK(missing(declared_ops(text_of(root / "core/ops.h")), ops) == "softmax ");
  CHECK(missing(recording_files(), ops) == "softmax ");
  const Names found =
      declared_ops("/// Var no(Var x);\nVar one(Var x);\nVar two(Var x,\n  Var y);\n");
  CHECK(missing(found, {"one", "two"}) == "");
  CHECK(missing({"one", "two"}, found) == "");
}

TEST_CASE("each op, broken, makes all wrong that uses it, and nothing else") {
  for (const std::string& op : names_of("op")) {
    // A unit that is dead on one choice of numbers hides what is wrong above it: one case of a
    // subject is enough.
    Names users;
    Names caught;
    for (Known& known : known_cases()) {
      const bool uses = known.ops.contains(op);
      if (!uses && op != "tanh") continue;  // one op shows that others are left alone
      INFO("broken: ", op, "; checked: ", known.name());
      Breaker breaker({op});
      const auto gradients = differentiate(known.one, &breaker);
      const bool right = compare_gradients(gradients, known.differences).ok();
      const std::string subject = known.one.kind + "/" + known.one.name;
      CHECK((breaker.falsified(op) > 0) == uses);
      CHECK((right || uses));
      if (uses) users.insert(subject);
      if (!right) caught.insert(subject);
    }
    INFO("broken: ", op);
    CHECK(missing(users, caught) == "");
    CHECK(users.contains("op/" + op) == (op != "mean"));  // made of two others
  }
}

TEST_CASE("the command's rows say which derivative is wrong, and count what was falsified") {
  const auto rows =
      double_precision::gradcheck(subjects("op", {"tanh", "exp"}), {{"op", "tanh"}}).rows;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].subject.name == "exp");
  CHECK(rows[0].problem == "");
  CHECK(rows[0].falsified == 0);
  CHECK(rows[0].derivatives == 35);
  CHECK(rows[0].worst_error < double_precision::gradcheck_tolerance());
  CHECK(rows[1].falsified == 2);
  CHECK(rows[1].derivatives == 36);
  CHECK(rows[1].where.starts_with("x["));
  CHECK(rows[1].problem.starts_with(rows[1].where + ": backward says "));
  CHECK(rows[1].backward == doctest::Approx(1.01 * rows[1].difference).epsilon(1e-6));
}

TEST_CASE("what has no nodes of its own is broken by itself alone") {
  const auto rows = double_precision::gradcheck(subjects("op", {"mean", "sum", "scale"}),
                                                {{"op", "mean"}, {"layer", "rnn"}})
                        .rows;
  REQUIRE(rows.size() == 3);
  for (const double_precision::GradcheckRow& row : rows) {
    CAPTURE(row.subject.name);
    CHECK((row.problem != "") == (row.subject.name == "mean"));
  }
  for (const std::string& layer : names_of("layer")) {
    CAPTURE(layer);
    const auto broken = double_precision::gradcheck({{"layer", layer}}, {{"layer", layer}}).rows;
    REQUIRE(broken.size() == 1);
    CHECK(broken[0].problem != "");
    CHECK(broken[0].falsified > 0);
  }
  const auto model = double_precision::gradcheck({{"model", "dlinear"}, {"layer", "linear"}},
                                                 {{"model", "dlinear"}})
                         .rows;
  REQUIRE(model.size() == 2);
  CHECK(model[0].problem == "");
  CHECK(model[1].where.starts_with("linear_seasonal.weight["));
}

TEST_CASE("what is falsified is counted for each broken subject, whatever else is broken") {
  using Subject = double_precision::GradcheckSubject;
  const std::vector<Subject> broken{{"op", "mean"}, {"op", "scale"}, {"op", "exp"}};
  const auto report = double_precision::gradcheck({{"op", "mean"}}, broken);
  REQUIRE(report.rows.size() == 1);
  REQUIRE(report.falsified.size() == 3);
  CHECK(report.falsified.at({"op", "mean"}) > 0);
  CHECK(report.falsified.at({"op", "scale"}) > 0);  // mean is made of it
  CHECK(report.falsified.at({"op", "exp"}) == 0);
  CHECK(report.rows[0].falsified ==
        report.falsified.at({"op", "mean"}) + report.falsified.at({"op", "scale"}));

  // A layer is falsified itself, also where an op in it is.
  const auto both =
      double_precision::gradcheck({{"layer", "rnn"}}, {{"layer", "rnn"}, {"op", "tanh"}});
  const auto alone = double_precision::gradcheck({{"layer", "rnn"}}, {{"layer", "rnn"}});
  CHECK(both.falsified.at({"op", "tanh"}) > 0);
  CHECK(both.falsified.at({"layer", "rnn"}) == alone.falsified.at({"layer", "rnn"}));
}

TEST_CASE("a case whose gradients are all zero is wrong") {
  GradientCase nothing = basic_op_cases().front();
  nothing.compute = [](Tape&, std::span<const Var> v) { return scale(v[0], 0); };
  CHECK(compare_gradients(differentiate(nothing), case_differences(nothing)).problem() ==
        "vacuous: every gradient is zero");
}

}  // namespace espalier::test
