#pragma once

/// How often the calling thread has allocated memory; −1 where a sanitizer has the allocator for itself.
long allocation_count(void);
