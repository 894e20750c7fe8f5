// The hash function of all families: XXH3 of 64 bits.
#pragma once

// The header's own code, inlined: 8 bytes take a few instructions.
#define XXH_INLINE_ALL
#include <xxhash.h>
