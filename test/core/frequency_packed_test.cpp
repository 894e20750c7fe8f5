// Bytes from anywhere: a packed value is refused or it is canonical and every function can work with it, and no work
// form, however damaged, makes a reader leave its buffer. What is checked about each stands in
// fuzz/frequency_decoder.cpp.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "catch.hpp"
#include "frequency_sketch.hpp"
#include "mutations.hpp"

std::string frequency_complaint(const uint8_t *data, size_t size, size_t shift);

namespace {

using Bytes = FrequencySketch::Bytes;
using mutations::hex;
using mutations::Random;
using mutations::telling_byte;

constexpr uint64_t kMax = 0x7fffffffffffffff;

#if defined(__SANITIZE_ADDRESS__)
constexpr int kRounds = 1500;
constexpr size_t kStride = 5;  // of the bits that are flipped one by one
#else
constexpr int kRounds = 6000;
constexpr size_t kStride = 1;
#endif

// One of everything that a sketch can be: forms, widths of counts and counters, extreme hashes.
std::vector<FrequencySketch> samples() {
    std::vector<FrequencySketch> all;
    for (int log2_width : {6, 12, 20}) all.emplace_back(log2_width, SKETCH_KIND_TEXT);
    for (uint64_t items : {1, 2, 3, 16, 17, 40}) {
        for (uint64_t weight : {uint64_t{1}, uint64_t{200}, uint64_t{70000}, uint64_t{1} << 40}) {
            FrequencySketch s(6);
            for (uint64_t i = 0; i < items; i++) s.add_item(i, 1 + i * weight);
            all.push_back(s);
        }
    }
    FrequencySketch many(10), heavy(8, SKETCH_KIND_ARRAY + SKETCH_KIND_UUID), full(7), crowd(9);
    for (uint64_t i = 0; i < 250; i++) many.add_item(i % 200);
    for (uint64_t i = 0; i < 62; i++) heavy.add_item(i, uint64_t{1} << i);
    full.add(~uint64_t{0}, kMax - 1);
    full.add(0);
    for (uint64_t i = 0; i < 60; i++) crowd.add(~uint64_t{0} - i * i, i + 1);
    for (const FrequencySketch &s : {many, heavy, full, crowd}) all.push_back(s);
    FrequencySketch layered(9), sums(8);  // many layers, with samples; a base
    for (uint64_t i = 0; i < 1500; i++) layered.add_item(i, i % 50 == 0 ? 1 + i * i : 1 + i % 2);
    for (uint64_t i = 0; i < 9000; i++) sums.add_item(i);
    all.push_back(layered);
    all.push_back(sums);
    FrequencySketch thin(6);  // dense, and hardly anything left
    for (uint64_t i = 0; i < 40; i++) thin.add_item(i);
    for (uint64_t i = 0; i < 39; i++) {
        FrequencySketch one(6);
        one.add_item(i);
        thin.subtract(one);
    }
    all.push_back(thin);
    return all;
}

void must_be_sound(const uint8_t *data, size_t size, size_t shift, const std::string &what) {
    std::string complaint = frequency_complaint(data, size, shift);
    if (!complaint.empty()) FAIL(complaint << ": " << what);
}

}  // namespace

TEST_CASE("frequency: valid sketches are sound at any alignment", "[frequency][packed]") {
    for (const FrequencySketch &s : samples()) {
        Bytes packed = s.pack();
        REQUIRE(sketch_frequency_check(packed.data(), packed.size()) == SKETCH_OK);
        for (size_t shift : {0, 1, 3}) must_be_sound(packed.data(), packed.size(), shift, "valid");
        must_be_sound(static_cast<const uint8_t *>(s.data()), s.size(), 0, "valid work form");
    }
}

TEST_CASE("frequency: every truncation and every further byte is refused", "[frequency][packed]") {
    for (const FrequencySketch &s : samples()) {
        Bytes packed = s.pack();
        for (size_t size = 0; size < packed.size(); size += size < 100 ? 1 : 1 + packed.size() / 60) {
            must_be_sound(packed.data(), size, size % 2, "truncated");
            REQUIRE(sketch_frequency_check(packed.data(), size) == SKETCH_TRUNCATED);
        }
        packed.push_back(0);
        for (int byte : {0, 1, 255}) {
            packed.back() = static_cast<uint8_t>(byte);
            must_be_sound(packed.data(), packed.size(), 1, "with a byte more");
            REQUIRE(sketch_frequency_check(packed.data(), packed.size()) == SKETCH_TRAILING);
        }
    }
}

TEST_CASE("frequency: every flipped bit gives a refusal or another sound sketch", "[frequency][packed]") {
    for (const FrequencySketch &s : samples()) {
        Bytes packed = s.pack();
        for (size_t bit = 0; bit < 8 * packed.size(); bit += bit < 800 ? kStride : 8 * packed.size() / 97) {
            packed[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
            must_be_sound(packed.data(), packed.size(), bit % 2, "bit " + std::to_string(bit));
            packed[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
        }
    }
}

TEST_CASE("frequency: no counter and no noise of a dense sketch can be changed", "[frequency][packed]") {
    for (const FrequencySketch &s : samples()) {
        if (!s.info().is_dense) continue;
        Bytes packed = s.pack();
        for (size_t bit = 40; bit < 8 * packed.size(); bit++) {
            packed[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
            if (sketch_frequency_check(packed.data(), packed.size()) == SKETCH_OK) FAIL("bit " << bit);
            packed[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
        }
    }
}

TEST_CASE("frequency: so do random changes of several bytes", "[frequency][packed]") {
    Random random(21);
    std::vector<Bytes> all;
    for (const FrequencySketch &s : samples()) all.push_back(s.pack());
    for (int round = 0; round < kRounds; round++) {
        Bytes packed = all[random() % all.size()];
        mutations::damage(random, packed);
        must_be_sound(packed.data(), packed.size(), random() % 4, "round " + std::to_string(round));
    }
}

TEST_CASE("frequency: bytes of nothing but one value are refused", "[frequency][packed]") {
    for (int value = 0; value < 256; value++)
        for (size_t size : {1, 4, 5, 64, 65, 4096}) {
            Bytes bytes(size, static_cast<uint8_t>(value));
            must_be_sound(bytes.data(), bytes.size(), 0, "filled");
            CHECK(sketch_frequency_check(bytes.data(), bytes.size()) != SKETCH_OK);
        }
}

TEST_CASE("frequency: damaged work forms are refused or read as sound sketches", "[frequency][work]") {
    Random random(22);
    std::vector<FrequencySketch> all = samples();
    for (const FrequencySketch &s : all) {
        const uint8_t *data = static_cast<const uint8_t *>(s.data());
        for (size_t bit = 32; bit < 8 * 72; bit += kStride) {  // the header and the first entries
            Bytes work(data, data + s.size());
            work[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
            must_be_sound(work.data(), work.size(), 0, "bit " + std::to_string(bit));
        }
    }
    const std::vector<uint32_t> words = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 1u << 30, 1u << 16};
    for (int round = 0; round < kRounds; round++) {
        const FrequencySketch &s = all[random() % all.size()];
        const uint8_t *data = static_cast<const uint8_t *>(s.data());
        Bytes work(data, data + s.size());
        for (uint64_t changes = 1 + random() % 4; changes > 0; changes--) {
            size_t at = random() % (random() % 2 ? 40 : work.size());
            work[at] = telling_byte(random, work[at]);
            if (random() % 8 == 0)
                std::memcpy(work.data() + 8 + 4 * (random() % 6), &words[random() % words.size()], 4);
        }
        if (random() % 8 == 0) work.resize(4 + random() % work.size());
        must_be_sound(work.data(), work.size(), 0, "round " + std::to_string(round));
    }
}

TEST_CASE("frequency: a work form of another size, layout or family is refused", "[frequency][work]") {
    FrequencySketch s(8);
    s.add_item(1);
    const uint8_t *data = static_cast<const uint8_t *>(s.data());
    auto status = [&](size_t at, uint8_t byte, size_t size) {
        std::vector<uint64_t> words((size + 7) / 8);
        std::memcpy(words.data(), data, std::min(size, s.size()));
        reinterpret_cast<uint8_t *>(words.data())[at] = byte;
        sketch_frequency_info info;
        return sketch_frequency_describe(words.data(), size, &info);
    };
    CHECK(status(4, data[4], s.size()) == SKETCH_OK);
    CHECK(status(5, 2, s.size()) == SKETCH_WRONG_FAMILY);
    CHECK(status(6, 3, s.size()) == SKETCH_WRONG_VERSION);
    CHECK(status(7, 8, s.size()) == SKETCH_CORRUPT);
    CHECK(status(4, data[4], 31) == SKETCH_TRUNCATED);
    CHECK(status(4, data[4], 200) == SKETCH_TRUNCATED);
    CHECK(status(16, 0, s.size()) == SKETCH_CORRUPT);
    CHECK(status(17, 5, s.size()) == SKETCH_CORRUPT);
    CHECK(status(17, 21, s.size()) == SKETCH_CORRUPT);
    CHECK(sketch_frequency_check(data, s.size()) == SKETCH_WRONG_VERSION);
}

TEST_CASE("frequency: too small a buffer is told and left alone", "[frequency][packed]") {
    for (const FrequencySketch &s : samples()) {
        Bytes packed = s.pack();
        REQUIRE(packed.size() <= SKETCH_FREQUENCY_PACKED_MAX(s.info().log2_width));
        REQUIRE(packed.size() <= frequency_packed_bound(s.data(), s.size()));
        for (const Bytes *sketch : {static_cast<const Bytes *>(nullptr), static_cast<const Bytes *>(&packed)})
            for (size_t capacity = 0; capacity < packed.size(); capacity += 1 + packed.size() / 20) {
                std::unique_ptr<uint8_t[]> out(new uint8_t[capacity]);
                size_t used = 12345;
                const void *data = sketch == nullptr ? s.data() : sketch->data();
                size_t size = sketch == nullptr ? s.size() : sketch->size();
                REQUIRE(sketch_frequency_pack(data, size, out.get(), capacity, &used) == SKETCH_NO_ROOM);
                REQUIRE(used == 12345);
            }
    }
}

TEST_CASE("frequency: packed sketches are as small as promised", "[frequency][size]") {
    // Of a hash 58 low bits and (70 + 63) / 70 of the unary part; 7 / 3 bits for a count of 1 to 3; a header of 9
    // bytes.
    double bytes = 0;
    Random random(31);
    for (int seed = 0; seed < 100; seed++) {
        FrequencySketch s(12);
        for (int i = 0; i < 70; i++) s.add(random(), 1 + random() % 3);
        bytes += static_cast<double>(s.pack().size());
    }
    INFO("70 entries: mean of " << bytes / 100);
    CHECK(bytes / 100 <= 9 + 70 * (58 + 133.0 / 70 + 7.0 / 3) / 8 + 1);
    CHECK(FrequencySketch(12).pack().size() == 6);

    // The largest exact ones: nothing but large counts, and counts that defeat any one order.
    for (int log2_width : {6, 12}) {
        uint32_t most = 4u * (1u << log2_width) / 16;
        FrequencySketch large(log2_width), mixed(log2_width);
        for (uint32_t i = 0; i < most; i++) {
            large.add(random(), kMax / most);
            mixed.add(random(), i % 2 ? 1 : kMax / most);
        }
        for (const FrequencySketch *s : {&large, &mixed}) {
            size_t bound = frequency_packed_bound(s->data(), s->size());
            CHECK(s->pack().size() <= bound);
            CHECK(bound <= SKETCH_FREQUENCY_PACKED_MAX(log2_width));
        }
        CHECK(FrequencySketch::of(mixed.pack()).pack() == mixed.pack());
    }
}

TEST_CASE("frequency: bytes that are stored for ever", "[frequency][packed]") {
    CHECK(hex(FrequencySketch(12, SKETCH_KIND_TEXT).pack()) ==
          "01030003"
          "0c00");
    FrequencySketch s(10);
    s.add(0x0123456789abcdef);
    CHECK(hex(s.pack()) == "010300010a010000efcdab896745230103");
    s.add(0xfedcba9876543210, 1000);
    s.add(0x8000000000000000, 3);
    CHECK(hex(s.pack()) == "010300010a03e90700efcdab8900000000103254766745230100000000a62eb7bf1b40f4");

    FrequencySketch dense(6, SKETCH_KIND_BYTEA);
    for (uint64_t i = 0; i < 300; i++) dense.add(i * 0x9e3779b97f4a7c15, 1 + i % 7);
    Bytes packed = dense.pack();
    CHECK(packed.size() == 191);
    CHECK(hex({packed.begin(), packed.begin() + 24}) == "0103010406ad090f040909090a0a07010511b6d1d82e5d94");
    CHECK(sketch_hash(packed.data(), packed.size()) == 0x4fe1f76feb1b89a0);
    dense.add(12345, 70000);
    packed = dense.pack();
    CHECK(packed.size() == 226);
    CHECK(sketch_hash(packed.data(), packed.size()) == 0x5fc679536cf3df90);
}
