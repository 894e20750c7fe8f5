// A membership filter as a C++ value on top of the C ABI, and a model of it that owes nothing to the code under test:
// what the tests and benchmarks are written with.
#pragma once

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "buffered_sketch.hpp"
#include "opening.hpp"
#include "sketch.h"

using Hashes = std::vector<uint64_t>;

// What sketch_membership_packed_bound is expected to say.
constexpr size_t dense_packed_max(int64_t log2_blocks) {
    return 64 + (size_t{SKETCH_MEMBERSHIP_BLOCK_SIZE} << log2_blocks);
}
constexpr size_t tokens_packed_max(uint64_t tokens) { return 64 + 16 * static_cast<size_t>(tokens); }

// The rate that filters are asked for where it is not what is tested: 0.01, as it is kept.
constexpr int kRate = 1000;

struct MembershipFamily {
    using Info = sketch_membership_info;
    static constexpr int kKind = SKETCH_KIND_NUMBER;
    static constexpr auto move = sketch_membership_move;
    static constexpr calls::Merge *merge = sketch_membership_merge;
    static constexpr calls::Load *load = sketch_membership_load;
    static constexpr calls::Describe<Info> *describe = sketch_membership_describe;
    static constexpr calls::PackedBound *packed_bound = membership_packed_bound;
    static constexpr calls::Pack *pack = sketch_membership_pack;
    static sketch_status add(void *state, size_t size, int kind, sketch_growth *growth, uint64_t hash) {
        return sketch_membership_add(state, size, kind, hash, growth);
    }
};

class MembershipSketch : public BufferedSketch<MembershipFamily> {
  public:
    // Open: without a kind until something comes; what it adds then are items of `kind`.
    explicit MembershipSketch(int log2_blocks = 10, int kind = SKETCH_KIND_NUMBER, bool is_open = false,
                              int rate = kRate)
        : BufferedSketch(kind) {
        make(sketch_membership_init_size(), [&](void *state, size_t size) {
            must(sketch_membership_init(state, size, is_open ? SKETCH_KIND_NONE : kind, log2_blocks, rate));
        });
    }
    // Bytes as a filter again, as a stored value is read.
    static MembershipSketch of(const Bytes &packed) {
        const Info info = info_of(packed.data(), packed.size());
        MembershipSketch s(info.log2_blocks, info.kind, false, info.rate);
        s.merge(packed);
        return s;
    }
    void limit(int log2_blocks, int rate = 1) {
        must(grown([&](sketch_growth *g) { return sketch_membership_limit(data(), size(), log2_blocks, rate, g); }));
    }

    bool contains(uint64_t hash) const {
        int found = 0;
        must(sketch_membership_contains(data(), size(), kind(), hash, &found));
        return found != 0;
    }
    double rate() const {
        double rate = -1;
        must(sketch_membership_rate(data(), size(), &rate));
        return rate;
    }
};

inline MembershipSketch filter_of(const Hashes &hashes, int log2_blocks, int rate = kRate) {
    MembershipSketch s(log2_blocks, SKETCH_KIND_NUMBER, false, rate);
    for (uint64_t h : hashes) s.add(h);
    return s;
}

inline bool packed_contains(const Bytes &packed, uint64_t hash, int kind = SKETCH_KIND_NUMBER) {
    int found = 0;
    MembershipSketch::must(sketch_membership_contains(packed.data(), packed.size(), kind, hash, &found));
    return found != 0;
}

// The same by pieces, each in memory of its own of just that size, so that a sanitizer sees a byte too many. How many
// bytes were read is added to *read.
inline bool contains_by_pieces(const Bytes &packed, uint64_t hash, size_t *read = nullptr) {
    sketch_membership_probe probe;
    const size_t head = std::min<size_t>(packed.size(), SKETCH_MEMBERSHIP_HEAD_SIZE);
    MembershipSketch::must(sketch_membership_probe_open(packed.data(), head, packed.size(), &probe));
    sketch_membership_probe_hash(&probe, hash);
    for (int pieces = 0; pieces < 4; pieces++) {
        if (probe.offset > packed.size() || probe.length > packed.size() - probe.offset)
            throw std::logic_error("a probe outside the value");
        const Bytes piece(packed.data() + probe.offset, packed.data() + probe.offset + probe.length);
        if (read != nullptr) *read += piece.size();
        int found = 0;
        const sketch_status status = sketch_membership_probe_read(&probe, piece.data(), piece.size(), &found);
        if (status != SKETCH_MORE) return MembershipSketch::must(status), found != 0;
    }
    throw std::logic_error("a probe without end");
}

// The packed bytes straight from the definition, bit by bit.
inline Bytes packed_model(const Hashes &hashes, int log2_blocks, int kind = SKETCH_KIND_NUMBER, int rate = kRate) {
    std::set<uint64_t> tokens;
    for (uint64_t h : hashes) {
        uint64_t block = log2_blocks == 0 ? 0 : h >> (64 - log2_blocks);
        tokens.insert((block << 24) + h % (1 << 24));
    }
    const size_t blocks = size_t{1} << log2_blocks;
    const bool dense = tokens.size() > 2 * blocks;
    const size_t n = dense ? 0 : tokens.size();
    const std::string digits = std::to_string(rate);  // a digit, then zeros
    Bytes out = {1, 5, static_cast<uint8_t>(dense + 2 * (digits[0] - '0')), static_cast<uint8_t>(kind),
                 static_cast<uint8_t>(log2_blocks + 32 * (digits.size() - 1))};
    for (int byte = 0; byte < 3; byte++) out.push_back(static_cast<uint8_t>(n >> 8 * byte));
    if (dense) {
        out.resize(8 + 32 * blocks);
        const uint64_t salt[8] = {0xb6137b, 0x974d91, 0x24ad5b, 0xb7289d, 0x5495c7, 0xf1424b, 0xfc4947, 0x6bfb31};
        for (uint64_t token : tokens)
            for (size_t word = 0; word < 8; word++) {
                uint64_t bit = token * salt[word] % (1 << 24) >> 19;
                out[8 + 32 * (token >> 24) + 4 * word + bit / 8] |= static_cast<uint8_t>(1 << bit % 8);
            }
        return out;
    }
    if (n == 0) return out;
    int width = 0;
    while (n >> width != 0) width++;
    const int low_bits = 24 + log2_blocks - width;
    const size_t upper_bytes = (n + (size_t{1} << width) - 1 + 7) / 8;
    const size_t low_bytes = (n * static_cast<size_t>(low_bits) + 7) / 8;
    auto next = tokens.begin();
    size_t smaller = 0;
    for (uint64_t high = 256; high < uint64_t{1} << width; high += 256) {
        for (; next != tokens.end() && *next >> low_bits < high; ++next) smaller++;
        for (int byte = 0; byte < 3; byte++) out.push_back(static_cast<uint8_t>(smaller >> 8 * byte));
    }
    const size_t upper = out.size();
    out.resize(upper + upper_bytes + low_bytes);
    size_t i = 0;
    for (uint64_t token : tokens) {
        size_t at = (token >> low_bits) + i;
        out[upper + at / 8] |= static_cast<uint8_t>(1 << at % 8);
        for (int bit = 0; bit < low_bits; bit++) {
            size_t to = i * static_cast<size_t>(low_bits) + static_cast<size_t>(bit);
            if (token >> bit & 1) out[upper + upper_bytes + to / 8] |= static_cast<uint8_t>(1 << to % 8);
        }
        i++;
    }
    return out;
}
