#define _GNU_SOURCE
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/// The pipe's ends, to read from and to write to. They are set before the first handler is.
static int ends[2] = {-1, -1};

/// Is added to the number of a signal in the pipe that is taken from now on: no signal has arrived.
enum { TAKEN = 128 };

static void pass_on(int number) {
  // The code that the signal interrupted may be about to read it.
  const int kept = errno;
  const unsigned char byte = (unsigned char)number;
  // A full pipe holds thousands of signals that nobody has seen yet: one more says nothing new.
  ssize_t written = write(ends[1], &byte, 1);
  (void)written;
  errno = kept;
}

/// Lets a signal arrive at the calling thread, also where the program's parent had made it wait.
static void unblock(int number) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, number);
  pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

int lopt_open_signals(void) {
  if (ends[0] >= 0) return 0;
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  // Only the handler must not wait.
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  return 0;
}

int lopt_next_signal(void) {
  unsigned char byte;
  while (1) {
    if (read(ends[0], &byte, 1) != 1) continue;
    if (byte < TAKEN) return byte;
    unblock(byte - TAKEN);
  }
}

static void act(int number, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

void lopt_take_signal(int number) {
  act(number, pass_on);
  // Only the thread that reads can let a signal that waits arrive at itself.
  pass_on(number + TAKEN);
}

void lopt_ignore_signal(int number) { act(number, SIG_IGN); }

void lopt_end_by_signal(int number) {
  act(number, SIG_DFL);
  unblock(number);
  raise(number);
  // The first process of a container is still here: the system ends it by no signal.
  _exit(128 + number);
}
