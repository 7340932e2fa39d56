#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/// How many blocks this process has allocated so far; 0 where it can't be counted.
uint64_t allocation_count(void);

/// How many bytes are allocated now; 0 where it can't be told.
uint64_t allocated_bytes(void);

/// Gives each large block back to the system when it is freed: where thousands of tables grow side by side, the holes
/// that they leave behind fit none of them.
void return_large_blocks(void);

#endif
