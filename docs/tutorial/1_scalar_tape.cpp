// Chapter 1: reverse-mode differentiation of scalars, with nothing but the standard library.
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

/// The place of a number on the tape.
using Id = std::size_t;

/// One input of an operation, and how fast the result moves when that input moves.
struct Edge {
  Id input;
  double slope;
};

/// One number that was computed.
struct Node {
  const char* op;
  double value;
  std::vector<Edge> edges;
  double grad = 0;
};

/// Every number that was computed, in the order in which it was.
struct Tape {
  std::vector<Node> nodes;

  double value(Id id) const { return nodes[id].value; }

  Id record(const Node& node) {
    nodes.push_back(node);
    return nodes.size() - 1;
  }
  Id input(double value) { return record({"input", value, {}}); }
  Id add(Id a, Id b) { return record({"add", value(a) + value(b), {{a, 1}, {b, 1}}}); }
  Id mul(Id a, Id b) {
    return record({"mul", value(a) * value(b), {{a, value(b)}, {b, value(a)}}});
  }
  Id tanh(Id a) {
    const double y = std::tanh(value(a));
    return record({"tanh", y, {{a, 1 - y * y}}});
  }

  /// Fills in d loss / d node for every node that the loss was made of.
  void backward(Id loss) {
    nodes[loss].grad = 1;
    for (Id i = loss + 1; i-- > 0;) {
      for (const Edge& edge : nodes[i].edges) {
        nodes[edge.input].grad += nodes[i].grad * edge.slope;
      }
    }
  }
};

/// The squared error of one neuron on one sample: (tanh(2w + b) - 0.5)².
Id squared_error(Tape& tape, double w, double b) {
  const Id weight = tape.input(w);
  const Id bias = tape.input(b);
  const Id forecast = tape.tanh(tape.add(tape.mul(tape.input(2), weight), bias));
  const Id miss = tape.add(forecast, tape.input(-0.5));
  return tape.mul(miss, miss);
}

double loss_at(double w, double b) {
  Tape tape;
  return tape.value(squared_error(tape, w, b));
}

int main() {
  const double w = 0.3, b = -0.2, h = 1e-5;
  Tape tape;
  tape.backward(squared_error(tape, w, b));
  std::puts("node  op       value     grad");
  for (Id i = 0; const Node& node : tape.nodes) {
    std::printf("%4zu  %-5s  %7.4f  %7.4f\n", i++, node.op, node.value, node.grad);
  }
  std::printf("\nd loss / d w, by a difference: %.4f\n",
              (loss_at(w + h, b) - loss_at(w - h, b)) / (2 * h));
}
