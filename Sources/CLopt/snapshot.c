// Reads a snapshot of θ: a safetensors file (Documentation/snapshots.md). Every byte of it may be a stranger's.
#include <errno.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lopt.h"
#include "message.h"

enum { MOST_BYTES = 256 << 20, LONGEST_HEADER = 16 << 20, MOST_VALUES = 64, NEWEST_FORMAT = 2 };

/// The bytes of a JSON text that were not read yet.
struct json {
  const char *at, *end;
};

/// A place in a text.
struct text {
  const char *start;
  long length;
};

static void skip_space(struct json *json) {
  while (json->at < json->end && strchr(" \t\n\r", *json->at) && *json->at) json->at++;
}

/// Passes a character over; returns 0 where the next one is another.
static int take(struct json *json, char character) {
  skip_space(json);
  if (json->at >= json->end || *json->at != character) return 0;
  json->at++;
  return 1;
}

/// Reads a string. Its text stays as it stands in the file, escapes too: none of what is looked for has any.
static int take_string(struct json *json, struct text *text) {
  if (!take(json, '"')) return 0;
  text->start = json->at;
  for (; json->at < json->end && *json->at != '"'; json->at++) {
    if ((unsigned char)*json->at < 0x20) return 0;
    if (*json->at == '\\' && ++json->at >= json->end) return 0;
  }
  if (json->at >= json->end) return 0;
  text->length = json->at++ - text->start;
  return 1;
}

static int is_digit(char character) { return character >= '0' && character <= '9'; }

/// Returns whether a text begins with a whole number as JSON writes it: without a needless 0 before it.
static int begins_whole(const char *text, const char *end) {
  return text < end && is_digit(*text) && !(*text == '0' && text + 1 < end && is_digit(text[1]));
}

/// Reads a whole number from 0 to 2⁵³.
static int take_count(struct json *json, long *value) {
  skip_space(json);
  *value = 0;
  if (!begins_whole(json->at, json->end)) return 0;
  for (; json->at < json->end && is_digit(*json->at); json->at++) {
    *value = 10 * *value + (*json->at - '0');
    if (*value > 1L << 53) return 0;
  }
  return 1;
}

static int is(struct text text, const char *other) {
  return (long)strlen(other) == text.length && memcmp(text.start, other, (unsigned long)text.length) == 0;
}

/// Reads a number of at most 31 characters, whatever decimal point the process's language has.
static int take_float(struct json *json, float *value) {
  static const char *const characters = "+-.0123456789eE";
  skip_space(json);
  char digits[32];
  unsigned long length = 0;
  while (json->at < json->end && *json->at && strchr(characters, *json->at)) {
    if (length == sizeof digits - 1) return 0;
    digits[length++] = *json->at++;
  }
  digits[length] = 0;
  // strtof takes more than JSON has: +1, .5, 1. and 01.
  const char *const dot = strchr(digits, '.');
  if (!begins_whole(digits + (*digits == '-'), digits + length) || (dot && !is_digit(dot[1]))) return 0;
  const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!plain) return 0;
  const locale_t own = uselocale(plain);
  char *end;
  *value = strtof(digits, &end);
  uselocale(own);
  freelocale(plain);
  return *end == 0;
}

/// The keys of a snapshot's metadata, in the order of the members below: how θ is run and how it was made, which every
/// snapshot says, then the options of the update, then what not every snapshot says.
static const char *const keys[] = {
    "format_version", "hidden_layers", "hidden_units",    "features",      "betas",           "time_scales",
    "lambda1",        "lambda2",       "outer_iteration", "batch",         "steps",           "seed",
    "objective",      "estimator",     "problem",         "dataset",       "dataset_sha256",  "tool_version",
    "time_frozen_at", "scale_by_rms",  "raw_momentum",    "average_decay", "instruction_set",
};
enum {
  FORMAT_VERSION,
  HIDDEN_LAYERS,
  HIDDEN_UNITS,
  FEATURE_NAMES,
  BETAS,
  TIME_SCALES,
  LAMBDA1,
  LAMBDA2,
  OUTER_ITERATION,
  BATCH,
  STEPS,
  SEED,
  OBJECTIVE,
  ESTIMATOR,
  PROBLEM,
  DATASET,
  DATASET_SHA256,
  TOOL_VERSION,
  TIME_FROZEN_AT,
  SCALE_BY_RMS,
  RAW_MOMENTUM,
  AVERAGE_DECAY,
  INSTRUCTION_SET,
  KEYS,
};

/// The parts of a header that count.
struct header {
  struct text values[KEYS];
  /// The first key that this library does not know; its `start` is null where there is none.
  struct text unknown;
  int is_state;
  long count, first, last;
  /// The bytes of all tensors, and the end of the last one.
  long bytes, end;
};

/// Reads the metadata, an object of strings.
static int take_metadata(struct json *json, struct header *header) {
  if (!take(json, '{')) return 0;
  if (take(json, '}')) return 1;
  do {
    struct text key, value;
    if (!take_string(json, &key) || !take(json, ':') || !take_string(json, &value)) return 0;
    int is_known = 0;
    for (int i = 0; i < KEYS; i++)
      if (is(key, keys[i])) {
        if (header->values[i].start) return 0;
        header->values[i] = value;
        is_known = 1;
      }
    if (is(key, "adam_steps")) header->is_state = 1;
    if (!is_known && !header->unknown.start) header->unknown = key;
  } while (take(json, ','));
  return take(json, '}');
}

/// Reads the entry of a tensor, which has a type, a shape and the places of its first and last byte.
static int take_tensor(struct json *json, int *is_float, long *count, long *first, long *last) {
  int has_type = 0, has_shape = 0, has_offsets = 0;
  if (!take(json, '{')) return 0;
  do {
    struct text key, type;
    if (!take_string(json, &key) || !take(json, ':')) return 0;
    if (is(key, "dtype") && !has_type++) {
      if (!take_string(json, &type)) return 0;
      *is_float = is(type, "F32");
    } else if (is(key, "shape") && !has_shape++) {
      *count = 1;
      if (!take(json, '[')) return 0;
      if (take(json, ']')) continue;
      do {
        long side;
        if (!take_count(json, &side) || side > MOST_BYTES) return 0;
        if (*count > MOST_BYTES) return 0;
        *count *= side;
      } while (take(json, ','));
      if (!take(json, ']')) return 0;
    } else if (is(key, "data_offsets") && !has_offsets++) {
      if (!take(json, '[') || !take_count(json, first) || !take(json, ',') || !take_count(json, last) ||
          !take(json, ']'))
        return 0;
    } else {
      return 0;
    }
  } while (take(json, ','));
  return has_type && has_shape && has_offsets && take(json, '}');
}

/// Reads the header: an object of tensors and the metadata. Only the tensor `theta` counts.
static int take_header(struct json *json, struct header *header) {
  int has_theta = 0, has_metadata = 0;
  if (!take(json, '{')) return 0;
  do {
    struct text key;
    if (!take_string(json, &key) || !take(json, ':')) return 0;
    if (is(key, "__metadata__")) {
      if (has_metadata++ || !take_metadata(json, header)) return 0;
    } else {
      int is_float;
      long count, first, last;
      if (!take_tensor(json, &is_float, &count, &first, &last) || first > last || last > MOST_BYTES) return 0;
      header->bytes += last - first;
      if (header->end < last) header->end = last;
      if (!is(key, "theta")) continue;
      if (has_theta++ || !is_float) return 0;
      header->count = count, header->first = first, header->last = last;
    }
  } while (take(json, ','));
  if (!take(json, '}')) return 0;
  skip_space(json);
  return has_theta && has_metadata && json->at == json->end;
}

/// An architecture with the room for its lists.
struct architecture {
  struct lopt_architecture values;
  float betas[MOST_VALUES], time_scales[MOST_VALUES];
};

/// Returns the JSON text of a metadata's value. Quotes in it stand escaped in the file.
static struct json value_of(const struct header *header, int key) {
  const struct text text = header->values[key];
  return (struct json){text.start, text.start + text.length};
}

/// Returns whether nothing is left.
static int is_done(struct json *json) {
  skip_space(json);
  return json->at == json->end;
}

static int read_count(const struct header *header, int key, long *value) {
  struct json json = value_of(header, key);
  return json.at && take_count(&json, value) && is_done(&json);
}

static int read_float(const struct header *header, int key, float *value) {
  struct json json = value_of(header, key);
  return json.at && take_float(&json, value) && is_done(&json);
}

static int read_floats(const struct header *header, int key, float *values, long *count) {
  struct json json = value_of(header, key);
  *count = 0;
  if (!json.at || !take(&json, '[')) return 0;
  if (!take(&json, ']')) {
    do
      if (*count == MOST_VALUES || !take_float(&json, &values[(*count)++])) return 0;
    while (take(&json, ','));
    if (!take(&json, ']')) return 0;
  }
  return is_done(&json);
}

/// Reads the list of the names of groups of inputs that are on, each once.
static int read_features(const struct header *header, int *momentum, int *rms, int *time) {
  const struct {
    const char *name;
    int *is_on;
  } all[] = {{"\\\"momentum\\\"", momentum}, {"\\\"rms\\\"", rms}, {"\\\"time\\\"", time}};
  *momentum = *rms = *time = 0;
  struct json json = value_of(header, FEATURE_NAMES);
  if (!json.at || !take(&json, '[')) return 0;
  if (!take(&json, ']')) {
    do {
      int is_known = 0;
      skip_space(&json);
      for (int i = 0; i < 3 && !is_known; i++) {
        const long length = (long)strlen(all[i].name);
        is_known = json.end - json.at >= length && memcmp(json.at, all[i].name, (unsigned long)length) == 0;
        if (!is_known) continue;
        if (*all[i].is_on) return 0;
        *all[i].is_on = 1;
        json.at += length;
      }
      if (!is_known) return 0;
    } while (take(&json, ','));
    if (!take(&json, ']')) return 0;
  }
  return is_done(&json);
}

/// Reads `true` or `false`; a key that is absent is false.
static int read_flag(const struct header *header, int key, int *value) {
  *value = 0;
  if (!header->values[key].start) return 1;
  *value = is(header->values[key], "true");
  return *value || is(header->values[key], "false");
}

/// Returns whether a value of the metadata is a whole number.
static int is_whole(const struct header *header, int key) {
  const struct json json = value_of(header, key);
  const char *at = json.at + (json.at < json.end && *json.at == '-');
  if (!begins_whole(at, json.end)) return 0;
  while (at < json.end && is_digit(*at)) at++;
  return at == json.end;
}

/// Reads the architecture; returns the key of the first value that has no sense, KEYS where all have.
static int read_architecture(const struct header *header, struct architecture *result) {
  struct lopt_architecture *a = &result->values;
  int time;
  if (!read_count(header, HIDDEN_LAYERS, &a->hidden_layers)) return HIDDEN_LAYERS;
  if (!read_count(header, HIDDEN_UNITS, &a->hidden_units)) return HIDDEN_UNITS;
  if (!read_features(header, &a->momentum, &a->rms, &time)) return FEATURE_NAMES;
  if (!read_floats(header, BETAS, result->betas, &a->betas_count)) return BETAS;
  if (!read_floats(header, TIME_SCALES, result->time_scales, &a->time_scales_count)) return TIME_SCALES;
  if (!read_float(header, LAMBDA1, &a->lambda1)) return LAMBDA1;
  if (!read_float(header, LAMBDA2, &a->lambda2)) return LAMBDA2;
  a->time_frozen_at = 0;
  if (header->values[TIME_FROZEN_AT].start &&
      (!read_count(header, TIME_FROZEN_AT, &a->time_frozen_at) || a->time_frozen_at == 0))
    return TIME_FROZEN_AT;
  if (!read_flag(header, SCALE_BY_RMS, &a->scale_by_rms)) return SCALE_BY_RMS;
  if (!read_flag(header, RAW_MOMENTUM, &a->raw_momentum)) return RAW_MOMENTUM;
  a->betas = result->betas;
  a->time_scales = result->time_scales;
  if (!time) a->time_scales_count = 0;
  return KEYS;
}

/// Makes an optimizer of the bytes of a snapshot, with room for a number behind them. Messages name no file.
static lopt_optimizer *make(char *bytes, long size, const char *instruction_set, char *message) {
  uint64_t length = 0;
  for (int i = 7; i >= 0 && size >= 8; i--) length = length << 8 | (unsigned char)bytes[i];
  if (size < 8 || length > LONGEST_HEADER || (long)length > size - 8)
    return lopt_say(message, "not a sound safetensors file: the header's length is beyond the file's end"),
           (lopt_optimizer *)0;
  struct json json = {bytes + 8, bytes + 8 + length};
  struct header header = {.is_state = 0};
  const int is_sound = take_header(&json, &header);
  if (header.is_state)
    return lopt_say(message, "is the state of a run, not a snapshot; lopt fetch latest --from its folder gets one"),
           (lopt_optimizer *)0;
  const long body = size - 8 - (long)length;
  if (!is_sound || header.last - header.first != 4 * header.count || header.bytes != body || header.end != body)
    return lopt_say(message, "not a sound snapshot: its header, or its float32 tensor theta, is missing or damaged"),
           (lopt_optimizer *)0;
  long version;
  if (!read_count(&header, FORMAT_VERSION, &version) || version < 1)
    return lopt_say(message, "not a snapshot of θ: its metadata's format_version is missing or damaged"),
           (lopt_optimizer *)0;
  if (version > NEWEST_FORMAT)
    return lopt_say(message, "has format version %ld; this library reads up to %d", version, NEWEST_FORMAT),
           (lopt_optimizer *)0;
  if (version >= 2 && header.unknown.start) {
    char name[65];
    const long shown = header.unknown.length < (long)sizeof name - 1 ? header.unknown.length : (long)sizeof name - 1;
    for (long i = 0; i < shown; i++)
      name[i] = header.unknown.start[i] > ' ' && header.unknown.start[i] <= '~' ? header.unknown.start[i] : '?';
    name[shown] = 0;
    return lopt_say(message, "its metadata has the key %s, which this library does not know, and may need", name),
           (lopt_optimizer *)0;
  }
  for (int key = 0; key < TIME_FROZEN_AT; key++)
    if (!header.values[key].start)
      return lopt_say(message, "not a snapshot of θ: its metadata lacks %s", keys[key]), (lopt_optimizer *)0;
  for (int key = OUTER_ITERATION; key <= SEED; key++)
    if (!is_whole(&header, key))
      return lopt_say(message, "damaged: its metadata's %s is no whole number", keys[key]), (lopt_optimizer *)0;
  if (version < 2)
    for (int key = TIME_FROZEN_AT; key <= RAW_MOMENTUM; key++)
      if (header.values[key].start)
        return lopt_say(message, "damaged: its metadata has %s, which format version %ld does not", keys[key], version),
               (lopt_optimizer *)0;
  struct architecture architecture;
  const int wrong = read_architecture(&header, &architecture);
  if (wrong != KEYS)
    return lopt_say(message, "damaged: its metadata's %s is missing or has no sense", keys[wrong]), (lopt_optimizer *)0;
  float *theta = malloc((unsigned long)(header.count > 0 ? header.count : 1) * sizeof(float));
  if (!theta) return lopt_say(message, "there is no memory for it"), (lopt_optimizer *)0;
  // Floats of a file are little-endian and may lie anywhere.
  const unsigned char *at = (unsigned char *)bytes + 8 + length + header.first;
  for (long i = 0; i < header.count; i++, at += 4) {
    const uint32_t bits = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    memcpy(&theta[i], &bits, sizeof bits);
  }
  lopt_optimizer *optimizer = lopt_create(&architecture.values, theta, header.count, instruction_set, message);
  free(theta);
  return optimizer;
}

/// Reads a file's bytes; returns null, with `errno`, where it cannot. EFBIG: it is larger than a snapshot can be.
static char *read_all(const char *path, long *size) {
  FILE *file = fopen(path, "rbe");
  if (!file) return 0;
  char *bytes = 0;
  long room = 0;
  *size = 0;
  while (!ferror(file) && !feof(file)) {
    if (*size == room) {
      room = room ? 2 * room : 64 << 10;
      char *more = room <= MOST_BYTES ? realloc(bytes, (unsigned long)room) : 0;
      if (!more) {
        if (room > MOST_BYTES) errno = EFBIG;
        break;
      }
      bytes = more;
    }
    *size += (long)fread(bytes + *size, 1, (unsigned long)(room - *size), file);
  }
  const int is_whole = feof(file) && !ferror(file), reason = errno;
  fclose(file);
  if (is_whole) return bytes;
  free(bytes);
  errno = reason ? reason : EIO;
  return 0;
}

lopt_optimizer *lopt_load(const char *path, const char *instruction_set, char *message) {
  long size;
  if (!path) return lopt_say(message, "there is no path: it is null"), (lopt_optimizer *)0;
  errno = 0;
  char *bytes = read_all(path, &size);
  if (!bytes) {
    char reason[128];
    if (strerror_r(errno, reason, sizeof reason) != 0) snprintf(reason, sizeof reason, "cannot be read");
    lopt_say(message, "%.300s: %s", path, reason);
    return 0;
  }
  char fault[LOPT_MESSAGE];
  lopt_optimizer *optimizer = make(bytes, size, instruction_set, fault);
  free(bytes);
  if (!optimizer) lopt_say(message, "%.200s: %s", path, fault);
  return optimizer;
}
