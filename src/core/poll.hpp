// A caller's chance to give up a long call: see sketch_set_poll. Loops over more than some ten thousand elements poll
// on the way. What they work on then has no destructor, and no lock is held: the caller may not return.
#pragma once

#include <atomic>
#include <cstdint>

namespace sketch {

inline std::atomic<void (*)()> poll_function{nullptr};

inline void poll() noexcept {
    if (void (*function)() = poll_function.load(std::memory_order_relaxed)) function();
}

// At each 2^15th element: some ten microseconds to a millisecond of work.
inline void poll_at(std::uint64_t element) noexcept {
    if ((element & 0x7fff) == 0x7fff) [[unlikely]]
        poll();
}

}  // namespace sketch
