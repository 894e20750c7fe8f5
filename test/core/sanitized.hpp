// Whether the library has the address sanitizer in it. What the tests themselves do is compiled once, without it.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__GNUC__) && defined(__ELF__)
extern "C" void __asan_init() __attribute__((weak));
inline const bool kSanitized = __asan_init != nullptr;
#else
inline constexpr bool kSanitized = false;
#endif
