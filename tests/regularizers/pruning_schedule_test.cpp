#include <doctest/doctest.h>

#include "regularizers/pruning/schedule.h"

using namespace espalier;

namespace {

TrainingProgress at(std::int64_t epoch, std::int64_t epochs, std::int64_t batch = 0,
                    std::int64_t batches = 1) {
  return {.epoch = epoch, .epochs = epochs, .batch = batch, .batches_per_epoch = batches};
}

}  // namespace

TEST_CASE("shapes halfway from 0.1 to 0.7") {
  const auto halfway = [](ScheduleShape shape) { return scheduled_sparsity(shape, 0.1, 0.7, 0.5); };
  CHECK(halfway(ScheduleShape::cubic) == doctest::Approx(0.175));      // 0.1 + 0.6/8
  CHECK(halfway(ScheduleShape::zhu_gupta) == doctest::Approx(0.625));  // 0.7 − 0.6/8
  CHECK(halfway(ScheduleShape::linear) == doctest::Approx(0.4));
  // 0.9 live at the start, 0.3 at the end: √(0.9·0.3) halfway.
  CHECK(halfway(ScheduleShape::exponential) == doctest::Approx(1 - 0.51961524227));
  CHECK(halfway(ScheduleShape::one_shot) == 0.7);
}

TEST_CASE("a quarter of the way from 0 to 0.8") {
  const auto quarter = [](ScheduleShape shape) { return scheduled_sparsity(shape, 0, 0.8, 0.25); };
  CHECK(quarter(ScheduleShape::cubic) == doctest::Approx(0.0125));      // 0.8/64
  CHECK(quarter(ScheduleShape::zhu_gupta) == doctest::Approx(0.4625));  // 0.8 − 0.8·27/64
  CHECK(quarter(ScheduleShape::linear) == doctest::Approx(0.2));
  CHECK(quarter(ScheduleShape::exponential) == doctest::Approx(0.33125969502));  // 1 − ⁴√0.2
}

TEST_CASE("every shape starts at the minimum, but one_shot, and ends exactly at the maximum") {
  for (const ScheduleShape shape : {ScheduleShape::cubic, ScheduleShape::zhu_gupta,
                                    ScheduleShape::linear, ScheduleShape::exponential}) {
    CAPTURE(static_cast<int>(shape));
    CHECK(scheduled_sparsity(shape, 0.1, 0.7, 0) == doctest::Approx(0.1));
    CHECK(scheduled_sparsity(shape, 0.1, 0.7, 1) == 0.7);
    CHECK(scheduled_sparsity(shape, 0.1, 0.7, 1.5) == 0.7);
  }
  CHECK(scheduled_sparsity(ScheduleShape::one_shot, 0, 0.7, 0) == 0.7);
}

TEST_CASE("the ramp starts at the minimum and ends exactly at the maximum") {
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

TEST_CASE("a ramp per step moves with every batch and ends with its last one") {
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

TEST_CASE("one_shot has no ramp, whatever its length is set to") {
  const PruningSchedule schedule{
      .shape = ScheduleShape::one_shot, .max_sparsity = 0.5, .warmup_epochs = 3, .ramp_epochs = 5};
  CHECK(schedule.target(at(2, 10)) == 0);
  CHECK_FALSE(schedule.complete(at(2, 10)));
  CHECK(schedule.target(at(3, 10)) == 0.5);
  CHECK(schedule.complete(at(3, 10)));
}

TEST_CASE("a ramp of one epoch is one-shot pruning") {
  const PruningSchedule schedule{.max_sparsity = 0.5, .warmup_epochs = 3, .ramp_epochs = 1};
  CHECK(schedule.target(at(2, 10)) == 0);
  CHECK(schedule.target(at(3, 10)) == 0.5);
}
