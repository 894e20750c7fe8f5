# The core for WebAssembly, 32 bits: cmake -DCMAKE_TOOLCHAIN_FILE=test/wasm/wasi.cmake, with Debian's packages clang, lld,
# wasi-libc, libc++-dev-wasm32 and libclang-rt-dev-wasm32.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_CXX_COMPILER clang++)
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
list(APPEND CMAKE_PREFIX_PATH /usr) # headers of xxHash and Catch2, which are for any machine
set(CMAKE_CXX_FLAGS_INIT -DCATCH_CONFIG_NO_POSIX_SIGNALS)
set(CMAKE_CROSSCOMPILING_EMULATOR node;--no-warnings;${CMAKE_CURRENT_LIST_DIR}/run.mjs)
