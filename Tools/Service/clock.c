// The clock that an administrator sets, for a program that is started with this in LD_PRELOAD: it is as many seconds
// ahead of the machine's as the file CLOCK_OFFSET_FILE says. The clock that only runs on is not touched.
//
// libfaketime will not do: under it a Swift program finds no arguments, and a wait that has a deadline ends as if the
// clock had not been set while it waited.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/// Returns the seconds in CLOCK_OFFSET_FILE, or 0 where there is no such file.
static long offset(void) {
  char text[32] = "";
  const char *path = getenv("CLOCK_OFFSET_FILE");
  int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (descriptor < 0) return 0;
  ssize_t count = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  return count > 0 ? atol(text) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = (int)syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += offset();
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

/// Returns whether time `a` is before time `b`.
static int is_before(struct timespec a, struct timespec b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

// Waits as the kernel does, until a deadline of a clock that may be set meanwhile; the clock is read every 10 ms.
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict deadline) {
  for (;;) {
    struct timespec now, next;
    clock_gettime(CLOCK_REALTIME, &now);
    int is_over = !is_before(now, *deadline);
    clock_gettime(CLOCK_MONOTONIC, &next);
    if (!is_over) next.tv_nsec += 10 * 1000 * 1000;
    if (next.tv_nsec >= 1000000000) {
      next.tv_sec += 1;
      next.tv_nsec -= 1000000000;
    }
    int result = pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &next);
    if (result != ETIMEDOUT || is_over) return result;
  }
}
