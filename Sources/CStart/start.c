#define _GNU_SOURCE
#include "start.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"

static int is_test_bundle(const char *program) {
  static const char ending[] = ".xctest";
  const size_t length = strlen(program);
  return length >= sizeof ending - 1 && strcmp(program + length - (sizeof ending - 1), ending) == 0;
}

/// Opens `/dev/null` in place of each standard stream that is closed, so that using it fails, as it did. Otherwise a file
/// that is opened later would get its number, and with it what is written for people.
static void reserve_standard_streams(void) {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
    // The lowest free number is what open(2) gives.
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

static void begin(int count, char **arguments, char **environment) {
  (void)environment;
  if (count == 0 || is_test_bundle(arguments[0])) return;
  reserve_standard_streams();
  // They are in the pipe until somebody reads it. To block them would not do: dispatch lets all signals arrive at the
  // main thread, once that has nothing to do.
  if (lopt_open_signals() != 0) return;
  lopt_take_signal(SIGTERM);
  lopt_take_signal(SIGINT);
}

// The loader calls this before it initialises any library: nobody has opened a file or made a thread yet. A signal that
// arrives before ends the program as it ends any other.
typedef void (*start_function)(int, char **, char **);
__attribute__((section(".preinit_array"), used)) static const start_function at_the_start = begin;
