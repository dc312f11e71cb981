#include "regularizers/pruning_schedule.h"

#include <doctest/doctest.h>

using namespace espalier;

namespace {

TrainingProgress at(std::int64_t epoch, std::int64_t epochs, std::int64_t batch = 0,
                    std::int64_t batches = 1) {
  return {.epoch = epoch, .epochs = epochs, .batch = batch, .batches_per_epoch = batches};
}

}  // namespace

TEST_CASE("author: the ramp of the paper, which the last epoch leaves short of its maximum") {
  const PruningSchedule schedule{
      .protocol = Protocol::author, .min_sparsity = 0.3, .max_sparsity = 0.7, .warmup_epochs = 2};
  CHECK(schedule.target(at(1, 20)) == 0);
  CHECK(schedule.target(at(2, 20)) == doctest::Approx(0.3));
  // 0.3 + 0.4·(9/18)³
  CHECK(schedule.target(at(11, 20)) == doctest::Approx(0.35));
  // 0.3 + 0.4·(17/18)³
  CHECK(schedule.target(at(19, 20)) == doctest::Approx(0.636968).epsilon(1e-6));
}

TEST_CASE("honest: the ramp starts at the minimum and ends exactly at the maximum") {
  const PruningSchedule schedule{
      .min_sparsity = 0.1, .max_sparsity = 0.7, .warmup_epochs = 2, .ramp_epochs = 7};
  CHECK(schedule.target(at(1, 20)) == 0);
  CHECK(schedule.target(at(2, 20)) == doctest::Approx(0.1));
  // 0.1 + 0.6·(3/6)³
  CHECK(schedule.target(at(5, 20)) == doctest::Approx(0.175));
  CHECK(schedule.target(at(8, 20)) == 0.7);
  CHECK(schedule.target(at(19, 20)) == 0.7);
  CHECK_FALSE(schedule.complete(at(7, 20)));
  CHECK(schedule.complete(at(8, 20)));
}

TEST_CASE("honest: a ramp per step moves with every batch and ends with its last one") {
  const PruningSchedule schedule{.min_sparsity = 0,
                                 .max_sparsity = 0.8,
                                 .warmup_epochs = 1,
                                 .ramp_epochs = 2,
                                 .ramp = PruningSchedule::Ramp::per_step};
  CHECK(schedule.target(at(1, 3, 0, 5)) == 0);
  // Ten steps, so the sixth is 5/9 of the way.
  CHECK(schedule.target(at(2, 3, 0, 5)) == doctest::Approx(0.8 * 125.0 / 729.0));
  CHECK(schedule.target(at(2, 3, 4, 5)) == 0.8);
}

TEST_CASE("a ramp of one epoch is one-shot pruning") {
  const PruningSchedule schedule{.max_sparsity = 0.5, .warmup_epochs = 3, .ramp_epochs = 1};
  CHECK(schedule.target(at(2, 10)) == 0);
  CHECK(schedule.target(at(3, 10)) == 0.5);
}
