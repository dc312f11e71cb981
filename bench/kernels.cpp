// Times every kernel, and the two sweeps of a training step that are none, at the sizes of
// benchmarks.h.

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "bench/benchmarks.h"
#include "core/forward.h"
#include "optim/clip_grad_norm.h"
#include "regularizers/random_masks.h"

namespace espalier {

namespace {

/// y ← f(x) for a hidden state.
void add_map(const char* name, const KernelTable& table,
             void (*map)(std::size_t, const real*, real*)) {
  add(named(name, table), "elements", state_size, [map] {
    return [map, x = numbers(state_size), y = Numbers(state_size)]() mutable {
      map(state_size, x.data(), y.data());
    };
  });
}

/// dx += dy·f′ for a hidden state.
void add_slope(const char* name, const KernelTable& table,
               void (*slope)(std::size_t, const real*, const real*, real*)) {
  add(named(name, table), "elements", state_size, [slope] {
    return
        [slope, y = numbers(state_size), dy = numbers(state_size, 2),
         dx = Numbers(state_size)]() mutable { slope(state_size, y.data(), dy.data(), dx.data()); };
  });
}

void add_elementwise(const KernelTable& table) {
  add_map("exp", table, table.exp);
  add_map("tanh", table, table.tanh);
  add_map("sigmoid", table, table.sigmoid);
  add_map("relu", table, table.relu);
  add_map("gelu", table, table.gelu);
  add_slope("tanh_backward", table, table.tanh_backward);
  add_slope("relu_backward", table, table.relu_backward);
  add_slope("gelu_backward", table, table.gelu_backward);
  const auto with_mask = [](auto kernel) {
    return [kernel] {
      std::vector<std::uint8_t> keep(state_size);
      for (std::size_t i = 0; i < state_size; ++i) keep[i] = i % 3 != 0;
      return [kernel, keep = std::move(keep), x = numbers(state_size),
              y = Numbers(state_size)]() mutable {
        kernel(state_size, keep.data(), real{1.5}, x.data(), y.data());
      };
    };
  };
  add(named("dropout: mask_scale", table), "elements", state_size, with_mask(table.mask_scale));
  add(named("dropout: mask_scale_backward", table), "elements", state_size,
      with_mask(table.mask_scale_backward));
}

void add_columnwise(const KernelTable& table) {
  constexpr std::size_t columns = tokens * batch;
  constexpr std::size_t size = units * columns;
  add(named("layer_norm", table), "elements", size, [&table] {
    return [&table, x = numbers(size), gain = numbers(units), bias = numbers(units),
            normalised = Numbers(size), deviation = Numbers(columns), y = Numbers(size)]() mutable {
      table.layer_norm(units, columns, x.data(), gain.data(), bias.data(), real{1e-5F},
                       normalised.data(), deviation.data(), y.data());
    };
  });
  add(named("layer_norm_backward", table), "elements", size, [&table] {
    return [&table, normalised = numbers(size), deviation = numbers(columns), gain = numbers(units),
            dy = numbers(size, 2), sums = Numbers(2 * columns), dx = Numbers(size)]() mutable {
      table.layer_norm_backward(units, columns, normalised.data(), deviation.data(), gain.data(),
                                dy.data(), sums.data(), dx.data());
    };
  });
  constexpr std::size_t scores = tokens * columns;
  add(named("softmax", table), "elements", scores, [&table] {
    return [&table, x = numbers(scores), y = Numbers(scores)]() mutable {
      table.softmax(tokens, columns, x.data(), y.data());
    };
  });
  add(named("softmax_backward", table), "elements", scores, [&table] {
    return [&table, y = numbers(scores), dy = numbers(scores, 2), dx = Numbers(scores)]() mutable {
      table.softmax_backward(tokens, columns, y.data(), dy.data(), dx.data());
    };
  });
  add(named("row_sums", table), "elements", gates * batch, [&table] {
    return [&table, x = numbers(gates * batch), sums = Numbers(gates)]() mutable {
      table.row_sums(gates, batch, x.data(), sums.data());
    };
  });
}

void add_attention(const KernelTable& table) {
  constexpr std::size_t one_head = head_features * tokens * batch;
  constexpr std::size_t pairs = tokens * tokens * batch;
  constexpr std::size_t flops = 2 * heads * head_features * pairs;
  add(named("compare_tokens", table), "flops", flops, [&table] {
    return [&table, a = numbers(heads * one_head), c = numbers(heads * one_head, 2),
            s = Numbers(heads * pairs)]() mutable {
      for (std::size_t h = 0; h < heads; ++h) {
        table.compare_tokens(head_features, tokens, batch, real{0.25}, a.data() + h * one_head,
                             c.data() + h * one_head, 0, s.data() + h * pairs);
      }
    };
  });
  add(named("mix_tokens", table), "flops", flops, [&table] {
    return [&table, s = numbers(heads * pairs), c = numbers(heads * one_head),
            out = Numbers(heads * one_head)]() mutable {
      for (std::size_t h = 0; h < heads; ++h) {
        table.mix_tokens(head_features, tokens, batch, real{1}, s.data() + h * pairs,
                         tokens * batch, batch, c.data() + h * one_head, 0,
                         out.data() + h * one_head);
      }
    };
  });
}

void add_lstm(const KernelTable& table) {
  add(named("lstm_cell_forward", table), "cells", state_size, [&table] {
    return
        [&table, pre = numbers(4 * state_size), c_previous = numbers(state_size),
         c = Numbers(state_size), tanh_c = Numbers(state_size), h = Numbers(state_size)]() mutable {
          table.lstm_cell_forward(state_size, pre.data(), c_previous.data(), c.data(),
                                  tanh_c.data(), h.data());
        };
  });
  add(named("lstm_cell_backward", table), "cells", state_size, [&table] {
    return [&table, activations = numbers(4 * state_size), c_previous = numbers(state_size),
            tanh_c = numbers(state_size), dh = numbers(state_size, 2), dc = Numbers(state_size),
            d_gates = Numbers(4 * state_size)]() mutable {
      table.lstm_cell_backward(state_size, activations.data(), c_previous.data(), tanh_c.data(),
                               dh.data(), dc.data(), d_gates.data());
    };
  });
}

void add_optimizer(const KernelTable& table) {
  add(named("adam", table), "weights", weight_count, [&table] {
    return [&table, g = numbers(weight_count), m = Numbers(weight_count), v = Numbers(weight_count),
            w = numbers(weight_count, 2)]() mutable {
      table.adam(weight_count, g.data(), m.data(), v.data(), w.data(), 0.9, 0.999, real{1e-3F},
                 real{0.5}, real{1e-8F});
    };
  });
}

void add_sweeps() {
  add("clip_grad_norm", "weights", weight_count, [] {
    return [g = numbers(weight_count)]() mutable {
      clip_grad_norm(g, std::numeric_limits<double>::max());
    };
  });
  add("dropout: masks drawn and applied", "elements", state_size, [] {
    return [tape = std::make_unique<Tape>(), x = numbers(state_size), step = 0U]() mutable {
      tape->reset();
      const Regularizers none;
      Forward pass(*tape, none, Forward::Purpose::training, step++);
      drop(pass, RandomKey(1), 0.3, tape->constant({x.data(), {units, batch}}));
    };
  });
}

void add_all() {
  for (const KernelTable* table : runnable_kernels()) {
    add_elementwise(*table);
    add_columnwise(*table);
    add_attention(*table);
    add_lstm(*table);
    add_optimizer(*table);
  }
  add_sweeps();
  add_products();
}

}  // namespace
}  // namespace espalier

int main(int argc, char** argv) {
  espalier::add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
