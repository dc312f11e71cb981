#ifndef ESPALIER_H
#define ESPALIER_H

/// Forecasts with a finished run of `espalier train`, from any language that can call C.
///
// clang-format off
///   espalier_predictor* predictor = NULL;
///   if (espalier_load("runs/my-run", &predictor) != ESPALIER_OK) puts(espalier_message(predictor));
///   espalier_feed(predictor, row, columns);       /* for every row, oldest first */
///   espalier_forecast(predictor, out, outputs);   /* as soon as espalier_rows_missing is 0 */
///   espalier_free(predictor);
///
/// A run whose features are made of the time ("calendar" in its config) takes its rows by
/// espalier_feed_at instead.
// clang-format on
///
/// Rows and forecasts are in the units of the file that the run was trained on. A forecast is to
/// the bit what `espalier predict --rolling` prints for the same rows.
///
/// Threads: a predictor may be used by one thread at a time, whichever it is; different predictors
/// by as many as there are. Nothing here starts a thread, prints, or keeps state of its own.

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ESPALIER_API __attribute__((visibility("default")))
#else
#define ESPALIER_API
#endif

/// What a call came to. Numbers stay as they are from version to version.
typedef enum espalier_status {
  ESPALIER_OK = 0,
  /// A null pointer, a wrong count, a predictor that couldn't be loaded, or espalier_feed where
  /// espalier_needs_time.
  ESPALIER_BAD_ARGUMENT = 1,
  /// The directory holds no finished run, or its files are damaged; or its model can't forecast
  /// rows that come one by one: it is one of several series, or looks at columns known ahead.
  ESPALIER_BAD_RUN = 2,
  /// A value is NaN, infinite, or too large to compute with, or a time can't be read or doesn't
  /// come after the last one; the row was not taken.
  ESPALIER_BAD_VALUE = 3,
  /// Rows are missing before there is a forecast.
  ESPALIER_NOT_READY = 4,
  ESPALIER_OUT_OF_MEMORY = 5,
  /// Anything else.
  ESPALIER_FAILED = 6
} espalier_status;

/// A loaded run and the last rows fed to it.
typedef struct espalier_predictor espalier_predictor;

/// Loads the run in the directory `run`. *predictor is set whatever happens, to NULL only where
/// memory is short or an argument is NULL: after a failure it is good for espalier_message and must
/// be freed as well.
ESPALIER_API espalier_status espalier_load(const char* run, espalier_predictor** predictor);

/// NULL is fine.
ESPALIER_API void espalier_free(espalier_predictor* predictor);

/// Why the last call with this predictor failed, in one line of UTF-8; "" after one that didn't.
/// Valid until the next call with it.
ESPALIER_API const char* espalier_message(const espalier_predictor* predictor);

/// The name of a status in words.
ESPALIER_API const char* espalier_status_text(espalier_status status);

/// Sizes; 0 for a predictor that couldn't be loaded. Rows in a window, values in a row, steps of a
/// forecast, and values forecast in each step.
ESPALIER_API size_t espalier_window(const espalier_predictor* predictor);
ESPALIER_API size_t espalier_columns(const espalier_predictor* predictor);
ESPALIER_API size_t espalier_horizon(const espalier_predictor* predictor);
ESPALIER_API size_t espalier_targets(const espalier_predictor* predictor);

/// The name of a value of a row, or of a step; NULL where there is none of this index. Valid until
/// the predictor is freed.
ESPALIER_API const char* espalier_column_name(const espalier_predictor* predictor, size_t index);
ESPALIER_API const char* espalier_target_name(const espalier_predictor* predictor, size_t index);

/// Takes the next row: `count` = espalier_columns values in the order of espalier_column_name. A
/// row that is refused changes nothing. A model that looks at the time takes espalier_feed_at.
ESPALIER_API espalier_status espalier_feed(espalier_predictor* predictor, const double* row,
                                           size_t count);

/// Whether the model looks at the time, so that rows come by espalier_feed_at: 1 or 0.
ESPALIER_API int espalier_needs_time(const espalier_predictor* predictor);

/// espalier_feed with the row's time: YYYY-MM-DD, and after a space or T HH:MM or HH:MM:SS, without
/// a time zone. Times rise; those to be forecast go on in the step of the last 64, so rows that are
/// missing in between are the caller's to insert. Any model takes rows so.
ESPALIER_API espalier_status espalier_feed_at(espalier_predictor* predictor, const char* time,
                                              const double* row, size_t count);

/// Rows still to be fed before there is a forecast.
ESPALIER_API size_t espalier_rows_missing(const espalier_predictor* predictor);

/// Writes the forecast after the last row to `out`: `count` = horizon times targets values, those
/// of a step side by side. Of a model of quantiles it is the median.
ESPALIER_API espalier_status espalier_forecast(espalier_predictor* predictor, double* out,
                                               size_t count);

/// How many quantiles a forecast has, 0 for a model of single values, and which: a number between 0
/// and 1, rising with the index; 0 where there is none of this index.
ESPALIER_API size_t espalier_quantiles(const espalier_predictor* predictor);
ESPALIER_API double espalier_quantile_level(const espalier_predictor* predictor, size_t index);

/// Writes one quantile of the forecast, laid out as espalier_forecast does.
ESPALIER_API espalier_status espalier_quantile(espalier_predictor* predictor, size_t index,
                                               double* out, size_t count);

/// The same for the standard deviations of a random forecast; zeros for any other.
ESPALIER_API espalier_status espalier_deviation(espalier_predictor* predictor, double* out,
                                                size_t count);

/// Forgets the rows fed, to begin with those of another series.
ESPALIER_API espalier_status espalier_reset(espalier_predictor* predictor);

#ifdef __cplusplus
}
#endif

#endif
