#include "simd.hpp"

namespace sketch {

#ifdef SKETCH_X86
bool has_avx2 = [] {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("popcnt");
}();
#endif

}  // namespace sketch
