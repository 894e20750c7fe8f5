// A membership filter as a C++ value on top of the C ABI, and a model of it that owes nothing to the code under test:
// what the tests and benchmarks are written with.
#pragma once

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "opening.hpp"
#include "sketch.h"

using Bytes = std::vector<uint8_t>;
using Hashes = std::vector<uint64_t>;

// What sketch_membership_packed_bound is expected to say.
constexpr size_t dense_packed_max(int64_t log2_blocks) {
    return 64 + (size_t{SKETCH_MEMBERSHIP_BLOCK_SIZE} << log2_blocks);
}
constexpr size_t tokens_packed_max(uint64_t tokens) { return 64 + 16 * static_cast<size_t>(tokens); }

// The rate that filters are asked for where it is not what is tested: 0.01, as it is kept.
constexpr int kRate = 1000;

class MembershipSketch {
  public:
    // Open: without a kind until something comes; what it adds then are items of `kind`.
    explicit MembershipSketch(int log2_blocks = 10, int kind = SKETCH_KIND_NUMBER, bool is_open = false,
                              int rate = kRate)
        : kind_(kind == SKETCH_KIND_NONE ? SKETCH_KIND_NUMBER : kind) {
        words_.resize(sketch_membership_init_size() / 8);
        must(sketch_membership_init(words_.data(), size(), is_open ? SKETCH_KIND_NONE : kind, log2_blocks, rate));
    }

    void *data() { return words_.data(); }
    const void *data() const { return words_.data(); }
    const uint8_t *bytes() const { return reinterpret_cast<const uint8_t *>(words_.data()); }
    size_t size() const { return 8 * words_.size(); }

    sketch_status try_add(uint64_t hash) {
        sketch_status s = sketch_membership_add(data(), size(), kind_, hash, &growth_);
        return s == SKETCH_GROW
                   ? grown([&](sketch_growth *g) { return sketch_membership_add(data(), size(), kind_, hash, g); })
                   : s;
    }
    sketch_status try_merge(const void *other, size_t other_size) {
        return grown([&](sketch_growth *g) { return sketch_membership_merge(data(), size(), other, other_size, g); });
    }
    void add(uint64_t hash) { must(try_add(hash)); }
    void merge(const MembershipSketch &other) { must(try_merge(other.data(), other.size())); }
    void merge(const Bytes &packed) { must(try_merge(packed.data(), packed.size())); }
    void limit(int log2_blocks, int rate = 1) {
        must(grown([&](sketch_growth *g) { return sketch_membership_limit(data(), size(), log2_blocks, rate, g); }));
    }

    sketch_membership_info info() const {
        sketch_membership_info i{};
        must(sketch_membership_describe(data(), size(), &i));
        return i;
    }
    Bytes pack() const {
        Bytes out(membership_packed_bound(data(), size()));
        size_t used = 0;
        must(sketch_membership_pack(data(), size(), out.data(), out.size(), &used));
        out.resize(used);
        return out;
    }
    bool contains(uint64_t hash) const {
        int found = 0;
        must(sketch_membership_contains(data(), size(), kind_, hash, &found));
        return found != 0;
    }
    double rate() const {
        double rate = -1;
        must(sketch_membership_rate(data(), size(), &rate));
        return rate;
    }

    static void must(sketch_status s) {
        if (s != SKETCH_OK) throw std::runtime_error(sketch_status_message(s));
    }

  private:
    template <typename Call>
    sketch_status grown(Call call) {
        for (int tries = 0; tries < 64; tries++) {
            sketch_status s = call(&growth_);
            if (s != SKETCH_GROW) return s;
            if (growth_.size % 64 != 0 || (growth_.size <= 8192 && (growth_.size & (growth_.size - 1)) != 0))
                throw std::logic_error("a size that PostgreSQL would round up");
            std::vector<uint64_t> other(growth_.size / 8, 0x5555555555555555u);  // fresh memory may hold anything
            sketch_membership_move(other.data(), words_.data(), size(), &growth_);
            words_.swap(other);
        }
        throw std::logic_error("a state asks to grow without end");
    }

    std::vector<uint64_t> words_;
    sketch_growth growth_{};
    int kind_;
};

inline MembershipSketch filter_of(const Hashes &hashes, int log2_blocks, int rate = kRate) {
    MembershipSketch s(log2_blocks, SKETCH_KIND_NUMBER, false, rate);
    for (uint64_t h : hashes) s.add(h);
    return s;
}

// Bytes as a filter again, as a stored value is read.
inline MembershipSketch unpacked_filter(const Bytes &packed) {
    sketch_membership_info info{};
    MembershipSketch::must(sketch_membership_describe(packed.data(), packed.size(), &info));
    MembershipSketch s(info.log2_blocks, info.kind, false, info.rate);
    s.merge(packed);
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
