// The hash function of all families: XXH3 of 64 bits.
#pragma once

#if !__has_include(<xxhash.h>)
#error "the header of xxHash, xxhash.h, is not there: libxxhash-dev of Debian and Ubuntu, xxhash-devel of Fedora"
#endif
// The header's own code, inlined: 8 bytes take a few instructions.
#define XXH_INLINE_ALL
#include <xxhash.h>
