// Integers of 128 bits, which C++ does not have: GCC and Clang do, for every machine of 64 bits and for wasm32.
#pragma once

#ifndef __SIZEOF_INT128__
#error \
    "sketch_ext computes with integers of 128 bits (__int128), which this compiler lacks for this machine: compile for 64 bits, or with Clang for wasm32"
#endif

namespace sketch {

__extension__ using u128 = unsigned __int128;
__extension__ using i128 = __int128;

}  // namespace sketch
