// The twin tests of vector instructions: what a library gives without them.
#pragma once

#include "../../src/core/common/simd.hpp"

// What `make` gives without vector instructions.
template <typename Make>
auto portably(Make make) {
#ifdef SKETCH_X86
    struct Cleared {
        bool before = sketch::has_avx2;
        Cleared() { sketch::has_avx2 = false; }
        ~Cleared() { sketch::has_avx2 = before; }
    } cleared;
#endif
    return make();
}
