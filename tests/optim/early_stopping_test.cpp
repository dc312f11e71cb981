#include "optim/early_stopping.h"

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "core/safetensors.h"

namespace espalier::test {

namespace {

/// The epoch after which training stops; −1 if it never does.
std::int64_t stops_after(std::optional<std::int64_t> patience, Protocol protocol,
                         const std::vector<double>& losses) {
  EarlyStopping stopping(patience, protocol);
  for (std::size_t epoch = 0; epoch < losses.size(); ++epoch) {
    stopping.observe(static_cast<std::int64_t>(epoch), losses[epoch]);
    if (stopping.should_stop()) return static_cast<std::int64_t>(epoch);
  }
  return -1;
}

}  // namespace

TEST_CASE("observe says which epoch is the best so far, strictly") {
  for (const Protocol protocol : {Protocol::honest, Protocol::author}) {
    EarlyStopping stopping(std::nullopt, protocol);
    CHECK(stopping.best_epoch() == -1);
    CHECK(stopping.best_loss() == std::numeric_limits<double>::infinity());
    const std::vector<double> losses{5, 4, 4, 6, 5, 3, 3.5};
    const std::vector<bool> best{true, true, false, false, false, true, false};
    for (std::size_t epoch = 0; epoch < losses.size(); ++epoch) {
      CAPTURE(epoch);
      CHECK(stopping.observe(static_cast<std::int64_t>(epoch), losses[epoch]) == best[epoch]);
    }
    CHECK(stopping.best_epoch() == 5);
    CHECK(stopping.best_loss() == 3);
  }
}

TEST_CASE("honest patience counts epochs without a new best") {
  // Best at epoch 1; epochs 2, 3, 4 bring no better one although 3 and 4 improve on their
  // predecessors.
  CHECK(stops_after(3, Protocol::honest, {5, 2, 6, 4, 3, 1}) == 4);
  CHECK(stops_after(4, Protocol::honest, {5, 2, 6, 4, 3, 1}) == -1);
  CHECK(stops_after(2, Protocol::honest, {5, 2, 6, 1, 6, 6}) == 5);
}

TEST_CASE("author patience counts epochs in a row that didn't improve on the one before") {
  // The same losses: 6 is worse than 2, but 4 < 6, 3 < 4, 1 < 3 each reset the count.
  CHECK(stops_after(3, Protocol::author, {5, 2, 6, 4, 3, 1}) == -1);
  CHECK(stops_after(1, Protocol::author, {5, 2, 6, 4, 3, 1}) == 2);
  // A zigzag far above the best never stops it, while honest does.
  const std::vector<double> zigzag{1, 9, 8, 9, 8, 9, 8, 9, 8};
  CHECK(stops_after(2, Protocol::author, zigzag) == -1);
  CHECK(stops_after(2, Protocol::honest, zigzag) == 2);
  CHECK(stops_after(2, Protocol::author, {3, 4, 5, 1}) == 2);
}

TEST_CASE("an equal loss is no improvement under either protocol") {
  CHECK(stops_after(2, Protocol::honest, {3, 3, 3}) == 2);
  CHECK(stops_after(2, Protocol::author, {3, 3, 3}) == 2);
}

TEST_CASE("without patience training never stops early") {
  CHECK(stops_after(std::nullopt, Protocol::honest, std::vector<double>(50, 1.0)) == -1);
  CHECK(stops_after(std::nullopt, Protocol::author, std::vector<double>(50, 1.0)) == -1);
}

TEST_CASE("a loss that is not a number is never the best and counts as no improvement") {
  const double nan = std::nan("");
  EarlyStopping stopping(2, Protocol::honest);
  CHECK(!stopping.observe(0, nan));
  CHECK(stopping.best_epoch() == -1);
  CHECK(stopping.observe(1, 4));
  CHECK(stopping.best_epoch() == 1);
  CHECK(stops_after(2, Protocol::honest, {4, nan, nan, 3}) == 2);
}

TEST_CASE("a restored EarlyStopping goes on where the saved one was") {
  for (const Protocol protocol : {Protocol::honest, Protocol::author}) {
    EarlyStopping before(3, protocol);
    before.observe(0, 5);
    before.observe(1, 4);
    before.observe(2, 6);
    Safetensors file;
    SavingArchive saving(file, "stop/");
    before.serialize(saving);

    EarlyStopping after(3, protocol);
    LoadingArchive loading(file, "stop/");
    after.serialize(loading);
    CHECK(after.best_epoch() == 1);
    CHECK(after.best_loss() == 4);
    for (const double loss : {7.0, 8.0}) {
      CHECK(!after.should_stop());
      CHECK(before.observe(3, loss) == after.observe(3, loss));
      CHECK(before.should_stop() == after.should_stop());
    }
    CHECK(after.should_stop());
  }
}

}  // namespace espalier::test
