// A caller's chance to give up a long call: see sketch_set_poll. Loops over more than some ten thousand elements poll
// on the way. What they work on then has no destructor, and no lock is held: the caller may not return.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

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

// Where elements are of any size: polls at each megabyte of them.
class Progress {
  public:
    void add(std::size_t bytes) noexcept {
        bytes_ += bytes + 16;  // what else an element takes
        if (bytes_ >= kStep) [[unlikely]] {
            bytes_ = 0;
            poll();
        }
    }

  private:
    static constexpr std::size_t kStep = 1 << 20;
    std::size_t bytes_ = 0;
};

// memset, of fresh memory perhaps, which the system has to find first.
inline void fill(void *to, int byte, std::size_t size) noexcept {
    constexpr std::size_t kStep = std::size_t{1} << 22;
    for (std::size_t at = 0; at < size; at += kStep) {
        if (at > 0) poll();
        std::memset(static_cast<std::uint8_t *>(to) + at, byte, std::min(kStep, size - at));
    }
}

}  // namespace sketch
