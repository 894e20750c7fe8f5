// Bytes from anywhere, in every family: a packed value is refused or it is canonical and every function can work with
// it, and no work form, however damaged, makes a reader leave its buffer. The loops that damage bytes stand here; what
// is checked about each value stands in fuzz/<family>_decoder.cpp.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "buffered_sketch.hpp"
#include "catch.hpp"
#include "mutations.hpp"
#include "sanitized.hpp"

namespace untrusted {

// Both forms of a sketch.
struct Sample {
    Bytes packed, work;
    template <typename Family, typename... How>
    explicit Sample(const BufferedSketch<Family> &s, How... how)
        : packed(s.pack(how...)), work(s.bytes(), s.bytes() + s.size()) {}
};

template <typename Sketch>
std::vector<Sample> samples_of(const std::vector<Sketch> &sketches) {
    std::vector<Sample> samples;
    for (const Sketch &s : sketches) samples.emplace_back(s);
    return samples;
}

// How far it is from one position that is tried to the next.
using Step = size_t (*)(size_t at, size_t size);
inline size_t every(size_t, size_t) { return 1; }

// The tests of a family: its decoder's complaint about bytes, its check of packed bytes and its pack, and one of
// everything that a sketch can be.
class Tests {
  public:
    using Complaint = std::string(const uint8_t *data, size_t size, size_t shift);
    using Check = sketch_status(const uint8_t *packed, size_t size);

    Tests(Complaint *complaint, Check *check, calls::Pack *pack, std::vector<Sample> samples)
        : complaint_(complaint), check_(check), pack_(pack), samples_(std::move(samples)) {}

    void must_be_sound(const uint8_t *data, size_t size, size_t shift, const std::string &what) const {
        std::string complaint = complaint_(data, size, shift);
        if (!complaint.empty()) FAIL(complaint << ": " << what);
    }
    void must_be_sound(const Bytes &bytes, size_t shift, const std::string &what) const {
        must_be_sound(bytes.data(), bytes.size(), shift, what);
    }

    void valid() const {
        for (const Sample &s : samples_) {
            for (size_t shift : {0, 1, 3}) must_be_sound(s.packed, shift, "valid");
            REQUIRE(check(s.packed) == SKETCH_OK);
            must_be_sound(s.work, 0, "valid work form");
        }
    }

    // Of the 256 further bytes all are refused; every so many of them are given to all functions. Where a value's last
    // part goes up to the end, whatever that is, only that it is refused is sure.
    void truncations(Step step, int step_of_further, bool tells_end = true) const {
        for (const Sample &s : samples_) {
            for (size_t size = 0; size < s.packed.size(); size += step(size, s.packed.size())) {
                must_be_sound(s.packed.data(), size, size % 2, "truncated");
                const sketch_status status = check_(s.packed.data(), size);
                REQUIRE((tells_end ? status == SKETCH_TRUNCATED : status != SKETCH_OK));
            }
            Bytes longer = s.packed;
            longer.push_back(0);
            for (int byte = 0; byte < 256; byte++) {
                longer.back() = static_cast<uint8_t>(byte);
                if (byte < 2 || byte % step_of_further == 0) must_be_sound(longer, 1, "with a byte more");
                const sketch_status status = check(longer);
                REQUIRE((tells_end ? status == SKETCH_TRAILING : status != SKETCH_OK));
            }
        }
    }

    void flips(Step step) const {
        for (const Sample &s : samples_) {
            Bytes packed = s.packed;
            for (size_t bit = 0; bit < 8 * packed.size(); bit += step(bit, 8 * packed.size())) {
                mutations::flip(packed, bit);
                must_be_sound(packed, bit % 2, "bit " + std::to_string(bit));
                mutations::flip(packed, bit);
            }
        }
    }

    void changes(int rounds) const {
        mutations::Random random(21);
        for (int round = 0; round < rounds; round++) {
            Bytes packed = samples_[random() % samples_.size()].packed;
            mutations::damage(random, packed);
            must_be_sound(
                packed, random() % 4,
                "round " + std::to_string(round) + (packed.size() < 300 ? ", " + mutations::hex(packed) : ""));
        }
    }

    void fills() const {
        for (int value = 0; value < 256; value++)
            for (size_t size : {1, 4, 5, 8, 40, 64, 65, 4096}) {
                const Bytes bytes(size, static_cast<uint8_t>(value));
                must_be_sound(bytes, 0, "filled");
                CHECK(check(bytes) != SKETCH_OK);
            }
    }

    // Each bit of the first so many bytes of a work form, which are its header and the first entries.
    void work_flips(size_t bytes, size_t step) const {
        for (const Sample &s : samples_) {
            Bytes work = s.work;
            for (size_t bit = 32; bit < 8 * std::min(bytes, work.size()); bit += step) {
                mutations::flip(work, bit);
                must_be_sound(work, 0, "bit " + std::to_string(bit));
                mutations::flip(work, bit);
            }
        }
    }

    // One to four times change(random, work), and some work forms cut off.
    template <typename Change>
    void work_changes(int rounds, Change change) const {
        mutations::Random random(22);
        for (int round = 0; round < rounds; round++) {
            Bytes work = samples_[random() % samples_.size()].work;
            for (uint64_t changes = 1 + random() % 4; changes > 0; changes--) change(random, work);
            if (random() % 8 == 0) work.resize(random() % (work.size() + 4));
            must_be_sound(work, 0, "round " + std::to_string(round));
        }
    }

    // Packs into too small a buffer: it is told, and nothing is touched. Of exactly this size, so that the address
    // sanitizer sees every byte too many; without it by what stands behind.
    void small_buffers() const {
        const size_t kBehind = kSanitized ? 0 : 8;
        for (const Sample &s : samples_)
            for (const Bytes *from : {&s.packed, &s.work})
                for (size_t capacity = 0; capacity < s.packed.size(); capacity += 1 + s.packed.size() / 50) {
                    std::unique_ptr<uint8_t[]> out(new uint8_t[capacity + kBehind]);
                    std::memset(out.get() + capacity, 0xaa, kBehind);
                    size_t used = 12345;
                    REQUIRE(pack_(from->data(), from->size(), out.get(), capacity, &used) == SKETCH_NO_ROOM);
                    REQUIRE(used == 12345);
                    REQUIRE(std::all_of(out.get() + capacity, out.get() + capacity + kBehind,
                                        [](uint8_t byte) { return byte == 0xaa; }));
                }
    }

  private:
    sketch_status check(const Bytes &packed) const { return check_(packed.data(), packed.size()); }

    Complaint *complaint_;
    Check *check_;
    calls::Pack *pack_;
    std::vector<Sample> samples_;
};

// What is told of a work form of which one byte is another, and which has another size: with zeros behind, if larger.
template <typename Family>
sketch_status status_with(const BufferedSketch<Family> &s, size_t at, uint8_t byte, size_t size) {
    std::vector<uint64_t> words((size + 7) / 8);
    std::memcpy(words.data(), s.data(), std::min(size, s.size()));
    reinterpret_cast<uint8_t *>(words.data())[at] = byte;
    typename Family::Info info;
    return Family::describe(words.data(), size, &info);
}

}  // namespace untrusted
