#include "capi/espalier.h"

#include <algorithm>
#include <exception>
#include <new>
#include <optional>
#include <span>
#include <string>

#include "apps/prediction/row_forecaster.h"
#include "apps/prediction/stream_times.h"
#include "core/error.h"

struct espalier_predictor {
  /// Not both there where loading failed.
  std::optional<espalier::RowForecaster> forecaster;
  std::optional<espalier::StreamTimes> times;
  std::string message;

  /// Begins with no rows. Throws std::bad_alloc.
  void forget_rows() {
    times.emplace(espalier::DateOrder::ymd, forecaster->window());
    forecaster->reset();
  }
};

namespace {

using espalier::RowForecaster;

/// Notes why a call failed. Without memory for it the message stays empty.
espalier_status fail(espalier_predictor* predictor, espalier_status status,
                     const char* why) noexcept {
  try {
    predictor->message = why;
  } catch (...) {
    predictor->message.clear();
  }
  return status;
}

/// Runs `action`, lets no exception out, and notes what an Error says as `status`.
template <typename Action>
espalier_status guarded(espalier_predictor* predictor, espalier_status status,
                        Action action) noexcept {
  predictor->message.clear();
  try {
    action();
    return ESPALIER_OK;
  } catch (const espalier::Error& error) {
    return fail(predictor, status, error.what());
  } catch (const std::bad_alloc&) {
    return fail(predictor, ESPALIER_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return fail(predictor, ESPALIER_FAILED, error.what());
  } catch (...) {
    return fail(predictor, ESPALIER_FAILED, "unknown failure");
  }
}

bool loaded(const espalier_predictor* predictor) {
  return predictor != nullptr && predictor->forecaster && predictor->times;
}

/// What is wrong with the arguments; ESPALIER_OK: nothing.
espalier_status check(espalier_predictor* predictor, const void* values, std::size_t count,
                      std::size_t expected) noexcept {
  if (values == nullptr) return fail(predictor, ESPALIER_BAD_ARGUMENT, "the values are NULL");
  if (count == expected) return ESPALIER_OK;
  try {
    const std::string why =
        "count is " + std::to_string(count) + ", expected " + std::to_string(expected);
    return fail(predictor, ESPALIER_BAD_ARGUMENT, why.c_str());
  } catch (...) {
    return fail(predictor, ESPALIER_BAD_ARGUMENT, "wrong count");
  }
}

/// nullptr unless it can be used; says why not where it can.
RowForecaster* usable(espalier_predictor* predictor) noexcept {
  if (loaded(predictor)) return &*predictor->forecaster;
  if (predictor != nullptr) {
    fail(predictor, ESPALIER_BAD_ARGUMENT, "this predictor could not be loaded");
  }
  return nullptr;
}

/// Writes what `values` takes from the forecaster to `out`.
template <typename Values>
espalier_status write(espalier_predictor* predictor, double* out, std::size_t count,
                      Values values) noexcept {
  RowForecaster* const forecaster = usable(predictor);
  if (forecaster == nullptr) return ESPALIER_BAD_ARGUMENT;
  const espalier_status status =
      check(predictor, out, count, forecaster->horizon() * forecaster->targets());
  if (status != ESPALIER_OK) return status;
  const bool missing = espalier_rows_missing(predictor) > 0;
  const auto otherwise = missing ? ESPALIER_NOT_READY : ESPALIER_FAILED;
  return guarded(predictor, otherwise, [&] { values(*forecaster, std::span(out, count)); });
}

/// nullptr where there is none of this index among the first `count`.
const char* name_of(const std::vector<espalier::DescribedColumn>& columns, std::size_t count,
                    std::size_t index) {
  return index < count ? columns[index].name.c_str() : nullptr;
}

}  // namespace

espalier_status espalier_load(const char* run, espalier_predictor** predictor) {
  if (predictor == nullptr) return ESPALIER_BAD_ARGUMENT;
  *predictor = nullptr;
  if (run == nullptr) return ESPALIER_BAD_ARGUMENT;
  *predictor = new (std::nothrow) espalier_predictor;
  if (*predictor == nullptr) return ESPALIER_OUT_OF_MEMORY;
  return guarded(*predictor, ESPALIER_BAD_RUN, [&] {
    (*predictor)->forecaster.emplace(espalier::load_run(run));
    (*predictor)->forget_rows();
  });
}

void espalier_free(espalier_predictor* predictor) {
  delete predictor;
}

const char* espalier_message(const espalier_predictor* predictor) {
  return predictor != nullptr ? predictor->message.c_str() : "no predictor: NULL";
}

const char* espalier_status_text(espalier_status status) {
  switch (status) {
    case ESPALIER_OK:
      return "ok";
    case ESPALIER_BAD_ARGUMENT:
      return "bad argument";
    case ESPALIER_BAD_RUN:
      return "no finished run, or a damaged one";
    case ESPALIER_BAD_VALUE:
      return "a value can't be used";
    case ESPALIER_NOT_READY:
      return "rows are missing";
    case ESPALIER_OUT_OF_MEMORY:
      return "out of memory";
    case ESPALIER_FAILED:
      return "failed";
  }
  return "unknown status";
}

size_t espalier_window(const espalier_predictor* predictor) {
  return loaded(predictor) ? predictor->forecaster->window() : 0;
}

size_t espalier_columns(const espalier_predictor* predictor) {
  return loaded(predictor) ? predictor->forecaster->columns() : 0;
}

size_t espalier_horizon(const espalier_predictor* predictor) {
  return loaded(predictor) ? predictor->forecaster->horizon() : 0;
}

size_t espalier_targets(const espalier_predictor* predictor) {
  return loaded(predictor) ? predictor->forecaster->targets() : 0;
}

const char* espalier_column_name(const espalier_predictor* predictor, size_t index) {
  if (!loaded(predictor)) return nullptr;
  const RowForecaster& forecaster = *predictor->forecaster;
  return name_of(forecaster.run().trained.features, forecaster.columns(), index);
}

const char* espalier_target_name(const espalier_predictor* predictor, size_t index) {
  if (!loaded(predictor)) return nullptr;
  const RowForecaster& forecaster = *predictor->forecaster;
  return name_of(forecaster.run().trained.targets, forecaster.targets(), index);
}

espalier_status espalier_feed(espalier_predictor* predictor, const double* row, size_t count) {
  RowForecaster* const forecaster = usable(predictor);
  if (forecaster == nullptr) return ESPALIER_BAD_ARGUMENT;
  if (forecaster->needs_times()) {
    return fail(predictor, ESPALIER_BAD_ARGUMENT,
                "the model looks at the time (\"calendar\"): feed its rows by espalier_feed_at");
  }
  const espalier_status status = check(predictor, row, count, forecaster->columns());
  if (status != ESPALIER_OK) return status;
  return guarded(predictor, ESPALIER_BAD_VALUE, [&] { forecaster->feed({row, count}); });
}

int espalier_needs_time(const espalier_predictor* predictor) {
  return loaded(predictor) && predictor->forecaster->needs_times() ? 1 : 0;
}

espalier_status espalier_feed_at(espalier_predictor* predictor, const char* time, const double* row,
                                 size_t count) {
  RowForecaster* const forecaster = usable(predictor);
  if (forecaster == nullptr) return ESPALIER_BAD_ARGUMENT;
  if (time == nullptr) return fail(predictor, ESPALIER_BAD_ARGUMENT, "the time is NULL");
  const espalier_status status = check(predictor, row, count, forecaster->columns());
  if (status != ESPALIER_OK) return status;
  return guarded(predictor, ESPALIER_BAD_VALUE, [&] {
    forecaster->check({row, count});
    predictor->times->take(predictor->times->read(time));
    forecaster->feed({row, count});
    if (!forecaster->needs_times() || espalier_rows_missing(predictor) > 0) return;
    forecaster->set_times(predictor->times->ahead(forecaster->window(), forecaster->horizon()));
  });
}

size_t espalier_rows_missing(const espalier_predictor* predictor) {
  if (!loaded(predictor)) return 0;
  const RowForecaster& forecaster = *predictor->forecaster;
  // Only a second row tells the times to be forecast.
  const bool one_more =
      forecaster.needs_times() && forecaster.window() == 1 && !predictor->times->knows_step();
  return forecaster.rows_missing() + (one_more ? 1 : 0);
}

espalier_status espalier_forecast(espalier_predictor* predictor, double* out, size_t count) {
  return write(predictor, out, count, [](RowForecaster& forecaster, std::span<double> to) {
    std::ranges::copy(forecaster.forecast(), to.begin());
  });
}

size_t espalier_quantiles(const espalier_predictor* predictor) {
  return loaded(predictor) ? predictor->forecaster->levels().size() : 0;
}

double espalier_quantile_level(const espalier_predictor* predictor, size_t index) {
  return index < espalier_quantiles(predictor) ? predictor->forecaster->levels()[index] : 0;
}

espalier_status espalier_quantile(espalier_predictor* predictor, size_t index, double* out,
                                  size_t count) {
  if (loaded(predictor) && index >= espalier_quantiles(predictor)) {
    return fail(predictor, ESPALIER_BAD_ARGUMENT, "there is no quantile of this index");
  }
  return write(predictor, out, count, [index](RowForecaster& forecaster, std::span<double> to) {
    forecaster.forecast();
    std::ranges::copy(forecaster.quantile(index), to.begin());
  });
}

espalier_status espalier_deviation(espalier_predictor* predictor, double* out, size_t count) {
  return write(predictor, out, count, [](RowForecaster& forecaster, std::span<double> to) {
    forecaster.forecast();
    std::ranges::fill(to, 0.0);
    std::ranges::copy(forecaster.deviations(), to.begin());
  });
}

espalier_status espalier_reset(espalier_predictor* predictor) {
  RowForecaster* const forecaster = usable(predictor);
  if (forecaster == nullptr) return ESPALIER_BAD_ARGUMENT;
  return guarded(predictor, ESPALIER_FAILED, [&] { predictor->forget_rows(); });
}
