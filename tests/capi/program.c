/* A plain C program that forecasts with a run: first with arguments that are refused, then for rows
   from stdin, each a time and its numbers, one value of a forecast a line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "espalier.h"

#define MOST 64

static int failures = 0;

static void check(int line, const char* what, int holds) {
  if (holds) return;
  fprintf(stderr, "line %d: %s\n", line, what);
  ++failures;
}
#define CHECK(condition) check(__LINE__, #condition, (condition))

static void check_nulls(const char* run) {
  espalier_predictor* predictor = NULL;
  double value = 0;
  CHECK(espalier_load(run, NULL) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_load(NULL, &predictor) == ESPALIER_BAD_ARGUMENT);
  CHECK(predictor == NULL);
  CHECK(strlen(espalier_message(NULL)) > 0);
  CHECK(espalier_window(NULL) == 0 && espalier_columns(NULL) == 0);
  CHECK(espalier_horizon(NULL) == 0 && espalier_targets(NULL) == 0);
  CHECK(espalier_rows_missing(NULL) == 0);
  CHECK(espalier_column_name(NULL, 0) == NULL && espalier_target_name(NULL, 0) == NULL);
  CHECK(espalier_feed(NULL, &value, 1) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_feed_at(NULL, "2024-01-01", &value, 1) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_needs_time(NULL) == 0);
  CHECK(espalier_forecast(NULL, &value, 1) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_deviation(NULL, &value, 1) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_quantiles(NULL) == 0 && espalier_quantile_level(NULL, 0) == 0);
  CHECK(espalier_quantile(NULL, 0, &value, 1) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_reset(NULL) == ESPALIER_BAD_ARGUMENT);
  espalier_free(NULL);
  CHECK(strcmp(espalier_status_text(ESPALIER_OK), "ok") == 0);
  CHECK(strlen(espalier_status_text((espalier_status)99)) > 0);
}

static void check_no_run(void) {
  espalier_predictor* predictor = NULL;
  double value = 0;
  CHECK(espalier_load("no such run", &predictor) == ESPALIER_BAD_RUN);
  CHECK(predictor != NULL);
  CHECK(strstr(espalier_message(predictor), "no such run") != NULL);
  CHECK(espalier_window(predictor) == 0);
  CHECK(espalier_column_name(predictor, 0) == NULL);
  CHECK(espalier_feed(predictor, &value, 1) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_forecast(predictor, &value, 1) == ESPALIER_BAD_ARGUMENT);
  CHECK(strstr(espalier_message(predictor), "could not be loaded") != NULL);
  espalier_free(predictor);
}

/* As the model wants it. */
static espalier_status feed(espalier_predictor* predictor, const char* time, const double* row,
                            size_t count) {
  if (espalier_needs_time(predictor)) return espalier_feed_at(predictor, time, row, count);
  return espalier_feed(predictor, row, count);
}

/* Later than all rows from stdin; leaves one row taken. */
static void check_bad_times(espalier_predictor* predictor, const double* row, size_t columns) {
  const size_t missing = espalier_rows_missing(predictor);
  CHECK(espalier_feed_at(predictor, NULL, row, columns) == ESPALIER_BAD_ARGUMENT);
  CHECK(strstr(espalier_message(predictor), "time is NULL") != NULL);
  CHECK(espalier_feed_at(predictor, "3000-02-30", row, columns) == ESPALIER_BAD_VALUE);
  CHECK(strstr(espalier_message(predictor), "3000-02-30") != NULL);
  CHECK(espalier_feed_at(predictor, "02/03/3000", row, columns) == ESPALIER_BAD_VALUE);
  CHECK(espalier_feed_at(predictor, "3000-02-01", row, columns + 1) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_feed_at(predictor, "3000-02-01", NULL, columns) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_rows_missing(predictor) == missing);
  CHECK(espalier_feed_at(predictor, "3000-02-01 12:00", row, columns) == ESPALIER_OK);
  CHECK(espalier_feed_at(predictor, "3000-02-01 12:00", row, columns) == ESPALIER_BAD_VALUE);
  CHECK(strstr(espalier_message(predictor), "does not come after") != NULL);
  CHECK(espalier_rows_missing(predictor) == missing - 1);
  if (!espalier_needs_time(predictor)) return;
  CHECK(espalier_feed(predictor, row, columns) == ESPALIER_BAD_ARGUMENT);
  CHECK(strstr(espalier_message(predictor), "espalier_feed_at") != NULL);
}

/* On a predictor without rows; leaves it so. */
static void check_bad_rows(espalier_predictor* predictor) {
  const char* time = "3000-01-01";
  const size_t columns = espalier_columns(predictor);
  const size_t outputs = espalier_horizon(predictor) * espalier_targets(predictor);
  const size_t missing = espalier_rows_missing(predictor);
  double row[MOST] = {0};
  double out[MOST] = {0};
  CHECK(missing >= espalier_window(predictor) && espalier_window(predictor) > 0);
  CHECK(columns > 0 && columns < MOST && outputs > 0 && outputs < MOST);
  CHECK(strcmp(espalier_message(predictor), "") == 0);
  CHECK(espalier_column_name(predictor, 0) != NULL && espalier_target_name(predictor, 0) != NULL);
  CHECK(espalier_column_name(predictor, columns) == NULL);
  CHECK(feed(predictor, time, NULL, columns) == ESPALIER_BAD_ARGUMENT);
  CHECK(strlen(espalier_message(predictor)) > 0);
  CHECK(feed(predictor, time, row, columns + 1) == ESPALIER_BAD_ARGUMENT);
  CHECK(feed(predictor, time, row, 0) == ESPALIER_BAD_ARGUMENT);
  row[columns - 1] = NAN;
  CHECK(feed(predictor, time, row, columns) == ESPALIER_BAD_VALUE);
  CHECK(strstr(espalier_message(predictor), espalier_column_name(predictor, columns - 1)) != NULL);
  row[columns - 1] = -INFINITY;
  CHECK(feed(predictor, time, row, columns) == ESPALIER_BAD_VALUE);
  row[columns - 1] = 1e300;
  CHECK(feed(predictor, time, row, columns) == ESPALIER_BAD_VALUE);
  CHECK(espalier_rows_missing(predictor) == missing);
  CHECK(espalier_forecast(predictor, out, outputs) == ESPALIER_NOT_READY);
  CHECK(espalier_forecast(predictor, NULL, outputs) == ESPALIER_BAD_ARGUMENT);
  CHECK(espalier_quantile_level(predictor, espalier_quantiles(predictor)) == 0);
  CHECK(espalier_quantile(predictor, espalier_quantiles(predictor), out, outputs) ==
        ESPALIER_BAD_ARGUMENT);
  CHECK(strstr(espalier_message(predictor), "no quantile") != NULL);
  if (espalier_quantiles(predictor) > 0) {
    CHECK(espalier_quantile(predictor, 0, out, outputs) == ESPALIER_NOT_READY);
    CHECK(espalier_quantile_level(predictor, 0) > 0);
  }
  CHECK(espalier_forecast(predictor, out, outputs + 1) == ESPALIER_BAD_ARGUMENT);
  row[columns - 1] = 1;
  CHECK(feed(predictor, time, row, columns) == ESPALIER_OK);
  CHECK(strcmp(espalier_message(predictor), "") == 0);
  CHECK(espalier_rows_missing(predictor) == missing - 1);
  if (missing > 1) CHECK(espalier_forecast(predictor, out, outputs) == ESPALIER_NOT_READY);
  CHECK(espalier_reset(predictor) == ESPALIER_OK);
  CHECK(espalier_rows_missing(predictor) == missing);
  check_bad_times(predictor, row, columns);
  CHECK(espalier_reset(predictor) == ESPALIER_OK);
}

static void forecast_rows(espalier_predictor* predictor) {
  const size_t columns = espalier_columns(predictor);
  const size_t outputs = espalier_horizon(predictor) * espalier_targets(predictor);
  double row[MOST];
  double out[MOST];
  char time[32];
  while (scanf("%31s", time) == 1) {
    for (size_t i = 0; i < columns; ++i) CHECK(scanf("%lf", &row[i]) == 1);
    CHECK(feed(predictor, time, row, columns) == ESPALIER_OK);
    if (espalier_rows_missing(predictor) > 0) continue;
    CHECK(espalier_forecast(predictor, out, outputs) == ESPALIER_OK);
    for (size_t i = 0; i < outputs; ++i) printf("%.17g\n", out[i]);
    for (size_t k = 0; k < espalier_quantiles(predictor); ++k) {
      CHECK(espalier_quantile(predictor, k, out, outputs) == ESPALIER_OK);
      for (size_t i = 0; i < outputs; ++i) printf("%.17g\n", out[i]);
    }
    CHECK(espalier_deviation(predictor, out, outputs) == ESPALIER_OK);
    CHECK(out[0] == 0);
  }
}

int main(int argc, char** argv) {
  espalier_predictor* predictor = NULL;
  if (argc != 2) return 2;
  check_nulls(argv[1]);
  check_no_run();
  if (espalier_load(argv[1], &predictor) != ESPALIER_OK) {
    fprintf(stderr, "%s\n", espalier_message(predictor));
    espalier_free(predictor);
    return 1;
  }
  check_bad_rows(predictor);
  forecast_rows(predictor);
  espalier_free(predictor);
  return failures > 0;
}
