#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"

/// Tests are a program too, which nobody makes take its signals.
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
  reserve_standard_streams();
  if (count == 0 || is_test_bundle(arguments[0])) return;
  lopt_mask_signal(SIG_BLOCK, SIGTERM);
  lopt_mask_signal(SIG_BLOCK, SIGINT);
}

// The loader calls this before it initialises any library: nobody has opened a file or made a thread yet. Threads inherit
// which signals wait. A signal that arrives before ends the program as it ends any other.
typedef void (*start_function)(int, char **, char **);
__attribute__((section(".preinit_array"), used)) static const start_function at_the_start = begin;
