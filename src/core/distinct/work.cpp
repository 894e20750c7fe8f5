// A state of a distinct sketch that hashes are added to, and other sketches merged into.
#include "work.hpp"

namespace sketch::distinct {

namespace {

// In growth.opaque.
struct Layout {
    int precision;
    bool dense;
};

Status grow_to_tokens(Work work, std::size_t tokens, int precision, sketch_growth &growth) noexcept {
    return grow_to(growth, token_size(tokens, precision, work.salted()), Layout{precision, false});
}

Status grow_to_registers(int precision, sketch_growth &growth) noexcept {
    return grow_to(growth, dense_size(precision), Layout{precision, true});
}

[[gnu::noinline]] Status grow_by_one(Work work, sketch_growth &growth) noexcept {
    const WorkHeader &h = work.header();
    return h.used >= max_tokens(h.precision) ? grow_to_registers(h.precision, growth)
                                             : grow_to_tokens(work, h.used + 1, h.precision, growth);
}

template <bool Salted>
[[gnu::always_inline]] inline Status add_at(Work work, std::uint32_t *slot, std::uint32_t token,
                                            sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    if (*slot != 0) return SKETCH_OK;
    if (h.kind == SKETCH_KIND_NONE) return SKETCH_WRONG_KIND;  // of an empty state, and of no item
    if (h.used >= work.capacity<Salted>()) [[unlikely]]
        return grow_by_one(work, growth);
    *slot = token + 1;
    h.used++;
    return SKETCH_OK;
}

// Apart, so that the others need few registers.
template <bool Salted>
[[gnu::noinline]] Status add_far_token(Work work, std::uint32_t token, sketch_growth &growth) noexcept {
    std::uint32_t *slot = work.find_far_or_salt<Salted>(token);
    return work.salted() ? add_at<true>(work, slot, token, growth) : add_at<false>(work, slot, token, growth);
}

template <bool Salted>
[[gnu::noinline]] Status add_token(Work work, std::uint32_t token, sketch_growth &growth) noexcept {
    std::uint32_t *slot = work.find_near<Salted>(token);
    return slot != nullptr ? add_at<Salted>(work, slot, token, growth) : add_far_token<Salted>(work, token, growth);
}

}  // namespace

void work_init(void *state, std::size_t size, int kind, int precision) noexcept {
    std::memset(state, 0, size);
    WorkHeader &h = Work(state, size).begin_header();
    h.kind = static_cast<std::uint8_t>(kind);
    h.precision = static_cast<std::uint8_t>(precision);
}

void work_move(void *to, const void *from, std::size_t from_size, const sketch_growth &growth) noexcept {
    const std::size_t size = static_cast<std::size_t>(growth.size);
    const Layout layout = layout_of<Layout>(growth);
    const Work old(from, from_size), work(to, size);
    work_init(to, size, old.header().kind, layout.precision);
    WorkHeader &h = work.header();
    if (layout.dense) {
        h.flags = kDense;
        old.for_each_token([&](std::uint32_t token) { insert_token(work.registers(), h.precision, token); });
        return;
    }
    h.used = old.header().used;
    bool crowded = old.salted();
    if (!crowded)
        old.for_each_token([&](std::uint32_t token) {
            if (!crowded && !work.put<false>(token)) [[unlikely]]
                crowded = true;
        });
    if (!crowded) return;
    work.clear_and_salt();
    old.for_each_token([&](std::uint32_t token) { work.put<true>(token); });
}

Status work_add(void *state, std::size_t size, int kind, std::uint64_t hash, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != kind) [[unlikely]]
        return with_first_kind(h, kind, [=, &growth] { return work_add(state, size, kind, hash, growth); });
    if (!work.dense())
        return work.salted() ? add_token<true>(work, token_of(hash), growth)
                             : add_token<false>(work, token_of(hash), growth);
    work.add_deferred(token_of(hash));
    return SKETCH_OK;
}

Status work_limit(void *state, std::size_t size, int precision, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (precision >= h.precision) return SKETCH_OK;
    if (work.dense()) {
        work.apply_pending();
        downsize(work.registers(), h.precision, precision);
        std::fill(work.registers() + register_count(precision), work.registers() + register_count(h.precision),
                  Register{0});
    } else if (h.used > max_tokens(precision)) {
        return grow_to_registers(precision, growth);
    }
    h.precision = static_cast<std::uint8_t>(precision);
    return SKETCH_OK;
}

namespace {

// What must grow before this many tokens are in the table.
Status room_for(const Work &work, std::size_t tokens, int precision, sketch_growth &growth) noexcept {
    if (tokens > max_tokens(precision)) return grow_to_registers(precision, growth);
    return tokens > work.capacity() ? grow_to_tokens(work, tokens, precision, growth) : SKETCH_OK;
}

Status merge_tokens(const Work &work, const View &other, int precision, sketch_growth &growth) noexcept {
    WorkHeader &h = work.header();
    std::size_t together = h.used + other.token_count;
    if (together > std::min<std::size_t>(max_tokens(precision), work.capacity())) {  // perhaps some are in both
        together = h.used;
        work.find_all(other.tokens, other.token_count,
                      [&](std::uint32_t, std::uint32_t slot) { together += slot == 0; });
    }
    if (Status s = room_for(work, together, precision, growth); s != SKETCH_OK) return s;
    h.precision = static_cast<std::uint8_t>(precision);
    work.find_all(other.tokens, other.token_count, [&](std::uint32_t token, std::uint32_t &slot) {
        h.used += slot == 0;
        slot = token + 1;
    });
    return SKETCH_OK;
}

}  // namespace

Status work_merge(void *state, std::size_t size, const View &other, sketch_growth &growth) noexcept {
    Work work(state, size);
    WorkHeader &h = work.header();
    if (h.kind != other.kind && other.kind != SKETCH_KIND_NONE)
        return with_first_kind(h, other.kind, [&] { return work_merge(state, size, other, growth); });
    const int precision = std::min<int>(h.precision, other.precision);
    if (!work.dense())
        return other.dense ? grow_to_registers(precision, growth) : merge_tokens(work, other, precision, growth);
    work.apply_pending();
    work_limit(state, size, precision, growth);  // registers need no room for that
    if (other.dense) {
        merge_downsized(work.registers(), precision, other.registers, other.precision);
    } else {
        insert_tokens(work.registers(), precision, other.tokens, other.token_count);
    }
    return SKETCH_OK;
}

}  // namespace sketch::distinct
