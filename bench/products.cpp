// Products with a recurrent weight matrix: by our own kernels, by OpenBLAS, and with what is left
// of it.

#include <cstdint>
#include <vector>

#include "bench/benchmarks.h"
#include "core/blas.h"
#include "core/live_weights.h"

namespace espalier {

namespace {

constexpr std::size_t product_flops = 2 * gates * units * batch;

/// The operands of one recurrent product: w [gates, units], x [units, batch], y [gates, batch].
struct Product {
  Numbers w = numbers(gates * units);
  Numbers x = numbers(units * batch);
  Numbers y = numbers(gates * batch);
  Numbers bias = numbers(gates);
};

void add_dense_products(const KernelTable& table) {
  add(named("product: dense_multiply", table), "flops", product_flops, [&table] {
    return [&table, p = Product()]() mutable {
      table.dense_multiply(gates, units, batch, p.w.data(), p.x.data(), p.bias.data(), p.y.data());
    };
  });
  add(named("product: dense_multiply_transposed", table), "flops", product_flops, [&table] {
    return [&table, p = Product()]() mutable {
      table.dense_multiply_transposed(units, gates, batch, p.w.data(), p.y.data(), p.x.data());
    };
  });
  add(named("product: transpose", table), "elements", units * batch, [&table] {
    return [&table, p = Product(), to = Numbers(units * batch)]() mutable {
      table.transpose(units, batch, p.x.data(), units, to.data());
    };
  });
}

void add_gemm() {
  add("product: gemm", "flops", product_flops, [] {
    return [p = Product()]() mutable {
      gemm(Transpose::no, Transpose::no, gates, batch, units, p.w.data(), p.x.data(), 1,
           p.y.data());
    };
  });
  add("product: gemm, W transposed", "flops", product_flops, [] {
    return [p = Product()]() mutable {
      gemm(Transpose::yes, Transpose::no, units, batch, gates, p.w.data(), p.y.data(), 1,
           p.x.data());
    };
  });
  add("product: gemm, gradient of W", "flops", product_flops, [] {
    return [p = Product()]() mutable {
      gemm(Transpose::no, Transpose::yes, gates, units, batch, p.y.data(), p.x.data(), 1,
           p.w.data());
    };
  });
}

/// A product of which a share of the weights is pruned, `percent` of 100.
struct SparseProduct : Product {
  LiveWeights live{gates, units};
  Numbers rows, columns, sums, totals;

  SparseProduct(std::size_t percent, std::size_t lanes) {
    std::vector<std::uint8_t> mask(w.size());
    const Numbers draws = numbers(w.size(), 3);
    const auto bound = static_cast<real>(percent) / 50 - 1;
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = draws[i] >= bound;
    live.assign(mask);
    for (Numbers* packed : {&rows, &columns, &totals}) packed->resize(live.count());
    sums.resize(live.count() * lanes);
    live.pack_rows(w.data(), rows.data());
    live.pack_columns(w.data(), columns.data());
  }
};

/// Work is that of the whole product, so that rates compare.
template <typename Kernel>
void add_sparse(const char* name, const KernelTable& table, std::size_t percent, Kernel kernel) {
  const std::string full = named(name, table) + "/pruned:" + std::to_string(percent);
  add(full, "flops", product_flops, [&table, percent, kernel] {
    return
        [&table, kernel, p = SparseProduct(percent, table.lanes)]() mutable { kernel(table, p); };
  });
}

void add_sparse_products(const KernelTable& table) {
  for (const std::size_t percent : {50U, 70U, 80U, 90U, 95U}) {
    add_sparse("product: sparse_multiply by rows", table, percent,
               [](const KernelTable& kernels, SparseProduct& p) {
                 kernels.sparse_multiply(p.live.by_rows(), p.rows.data(), batch, p.x.data(),
                                         p.bias.data(), p.y.data());
               });
    add_sparse("product: sparse_multiply by columns", table, percent,
               [](const KernelTable& kernels, SparseProduct& p) {
                 kernels.sparse_multiply(p.live.by_columns(), p.columns.data(), batch, p.y.data(),
                                         nullptr, p.x.data());
               });
    add_sparse("product: sparse_collect", table, percent,
               [](const KernelTable& kernels, SparseProduct& p) {
                 kernels.sparse_collect(p.live.by_rows(), batch, p.y.data(), p.x.data(),
                                        p.sums.data());
               });
  }
  add(named("product: sum_lanes", table) + "/pruned:80", "weights", gates * units, [&table] {
    return [&table, p = SparseProduct(80, table.lanes)]() mutable {
      table.sum_lanes(p.live.count(), p.sums.data(), p.totals.data());
    };
  });
}

}  // namespace

void add_products() {
  add_gemm();
  for (const KernelTable* table : runnable_kernels()) {
    add_dense_products(*table);
    add_sparse_products(*table);
  }
}

}  // namespace espalier
