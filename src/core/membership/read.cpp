// Whether a filter has an item. (Of packed tokens: tokens.cpp and packed.cpp. The rate: model.cpp.)
#include "work.hpp"

namespace sketch::membership {

void copy_block(const View &dense, std::uint64_t number, std::uint8_t *copy) noexcept {
    std::memcpy(copy, dense.data + kBlockSize * number, kBlockSize);
    for_each_pending(dense, [&](std::uint64_t token) {
        if (token_block(token) == number) set_bits(copy, mask_choice(token));
    });
}

bool dense_contains(const View &view, std::uint64_t token) noexcept {
    const std::uint64_t number = token_block(token);
    if (!view.work) return has_bits(view.data + kBlockSize * number, mask_choice(token), Words::little_endian);
    std::uint8_t copy[kBlockSize];
    copy_block(view, number, copy);
    return has_bits(copy, mask_choice(token), Words::native);
}

// Bounded by the number of slots, for a table that may be anybody's.
bool work_tokens_contain(const View &work, std::uint64_t token) noexcept {
    if (work.slots == 0) return false;
    std::uint64_t slot = place_of(token, load<WorkHeader>(work.begin).salt, work.slots);
    for (std::uint64_t probes = 0; probes < work.slots; probes++) {
        std::uint64_t held = load<std::uint64_t>(work.data + 8 * slot);
        if (held == token + 1) return true;
        if (held == 0) return false;
        if (++slot == work.slots) slot = 0;
    }
    return false;
}

}  // namespace sketch::membership
