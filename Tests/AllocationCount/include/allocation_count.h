#ifndef LOPT_ALLOCATION_COUNT_H
#define LOPT_ALLOCATION_COUNT_H

/// Returns how many times the calling thread has allocated memory, or −1 where a sanitizer has the allocator for
/// itself.
long allocation_count(void);

#endif
