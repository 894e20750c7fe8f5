// Vector instructions, chosen at run time: a build needs none beyond its baseline, and gives the same bytes and the
// same answers with and without. Code for them is compiled beside the portable code, by function:
//
//   #ifdef SKETCH_X86
//   SKETCH_AVX2 void loop_avx2(...) { ... }
//   #endif
//   void loop(...) {
//   #ifdef SKETCH_X86
//       if (has_avx2) return loop_avx2(...);
//   #endif
//       loop_portable(...);
//   }
//
// A loop that the compiler vectorises by itself is written once: vectorised(...), below.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__)
#define SKETCH_X86 1
// What processors have had since 2013 (Intel) and 2015 (AMD), pdep and pext apart: those are slow on some.
#define SKETCH_AVX2 [[gnu::target("avx2,bmi,bmi2,popcnt")]]
#endif

namespace sketch {

#ifdef SKETCH_X86
// Whether this processor has all of SKETCH_AVX2; the test that compares with the portable code clears it for a while.
extern bool has_avx2;
#endif

// body(), compiled for these instructions too. `body` is a lambda that is always inlined: []() SKETCH_INLINED { ... }
#define SKETCH_INLINED __attribute__((always_inline))
#ifdef SKETCH_X86
template <typename Body>
SKETCH_AVX2 [[gnu::noinline]] auto with_avx2(Body body) noexcept {
    return body();
}
#endif
template <typename Body>
auto vectorised(Body body) noexcept {
#ifdef SKETCH_X86
    if (has_avx2) return with_avx2(body);
#endif
    return body();
}

}  // namespace sketch
