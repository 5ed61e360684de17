/* Tells the thread sanitizer of Swift's Mutex.
 *
 * Where two threads meet at a Mutex, Swift 6.3 on Linux takes and leaves it in functions of its own library, which is not
 * built with the sanitizer: every access under the lock would be reported as a race. Preloaded into a program that is built
 * with it, this stands before the two functions (x86-64 and aarch64, by Swift's calling convention) and says what they do:
 *
 *     clang -shared -fPIC -o mutex_for_tsan.so mutex_for_tsan.c
 *     LD_PRELOAD=$PWD/mutex_for_tsan.so swift test --sanitize=thread
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

/* The sanitizer's functions; null in a program that is not built with it. */
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef SWIFT void (*lock_function)(uint32_t thread, SELF void *mutex);
typedef SWIFT void (*unlock_function)(SELF void *mutex);

static lock_function library_lock;
static unlock_function library_unlock;

/* Finds the functions of Swift's library, before the program begins. */
__attribute__((constructor)) static void find(void) {
  library_lock = (lock_function)dlsym(RTLD_NEXT, LOCK);
  library_unlock = (unlock_function)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
  library_lock(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF void *mutex) {
  if (__tsan_release) __tsan_release(mutex);
  library_unlock(mutex);
}
