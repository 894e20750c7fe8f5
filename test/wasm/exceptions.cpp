// WebAssembly's C++ library has no exceptions: a test that throws one ends the program.
#include <cstdio>
#include <cstdlib>

extern "C" {

void *__cxa_allocate_exception(std::size_t size) noexcept { return std::malloc(size); }
void __cxa_free_exception(void *exception) noexcept { std::free(exception); }
[[noreturn]] void __cxa_throw(void *, void *, void (*)(void *)) {
    std::fputs("a test threw an exception\n", stderr);
    std::abort();
}

}  // extern "C"
