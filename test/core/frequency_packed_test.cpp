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
#include "untrusted.hpp"

std::string frequency_complaint(const uint8_t *data, size_t size, size_t shift);

namespace {

using mutations::hex;
using mutations::Random;
using mutations::telling_byte;

constexpr uint64_t kMax = 0x7fffffffffffffff;

const int kRounds = kSanitized ? 1500 : 6000;
const size_t kStride = kSanitized ? 5 : 1;  // of the bits that are flipped one by one

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

const untrusted::Tests &tests() {
    static const untrusted::Tests all(frequency_complaint, sketch_frequency_check, FrequencyFamily::pack,
                                      untrusted::samples_of(samples()));
    return all;
}

}  // namespace

TEST_CASE("frequency: valid sketches are sound at any alignment", "[frequency][packed]") { tests().valid(); }

TEST_CASE("frequency: every truncation and every further byte is refused", "[frequency][packed]") {
    tests().truncations([](size_t at, size_t size) { return at < 100 ? 1 : 1 + size / 60; }, 255);
}

TEST_CASE("frequency: every flipped bit gives a refusal or another sound sketch", "[frequency][packed]") {
    tests().flips([](size_t bit, size_t bits) { return bit < 800 ? kStride : bits / 97; });
}

TEST_CASE("frequency: no counter and no noise of a dense sketch can be changed", "[frequency][packed]") {
    for (const FrequencySketch &s : samples()) {
        if (!s.info().is_dense) continue;
        Bytes packed = s.pack();
        for (size_t bit = 40; bit < 8 * packed.size(); bit++) {
            mutations::flip(packed, bit);
            if (sketch_frequency_check(packed.data(), packed.size()) == SKETCH_OK) FAIL("bit " << bit);
            mutations::flip(packed, bit);
        }
    }
}

TEST_CASE("frequency: so do random changes of several bytes", "[frequency][packed]") { tests().changes(kRounds); }

TEST_CASE("frequency: bytes of nothing but one value are refused", "[frequency][packed]") { tests().fills(); }

TEST_CASE("frequency: damaged work forms are refused or read as sound sketches", "[frequency][work]") {
    static constexpr uint32_t kWords[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 1u << 30, 1u << 16};
    tests().work_flips(72, kStride);
    tests().work_changes(kRounds, [](Random &random, Bytes &work) {
        const size_t at = random() % (random() % 2 ? 40 : work.size());
        work[at] = telling_byte(random, work[at]);
        if (random() % 8 == 0)
            std::memcpy(work.data() + 8 + 4 * (random() % 6), &kWords[random() % std::size(kWords)], 4);
    });
}

TEST_CASE("frequency: a work form of another size, layout or family is refused", "[frequency][work]") {
    FrequencySketch s(8);
    s.add_item(1);
    auto status = [&](size_t at, uint8_t byte, size_t size) { return untrusted::status_with(s, at, byte, size); };
    CHECK(status(4, SKETCH_WORK_MAGIC, s.size()) == SKETCH_OK);
    CHECK(status(5, 2, s.size()) == SKETCH_WRONG_FAMILY);
    CHECK(status(6, 3, s.size()) == SKETCH_WRONG_VERSION);
    CHECK(status(7, 8, s.size()) == SKETCH_CORRUPT);
    CHECK(status(4, SKETCH_WORK_MAGIC, 31) == SKETCH_TRUNCATED);
    CHECK(status(4, SKETCH_WORK_MAGIC, 200) == SKETCH_TRUNCATED);
    CHECK(status(16, 0, s.size()) == SKETCH_CORRUPT);
    CHECK(status(17, 5, s.size()) == SKETCH_CORRUPT);
    CHECK(status(17, 21, s.size()) == SKETCH_CORRUPT);
    CHECK(sketch_frequency_check(s.bytes(), s.size()) == SKETCH_WRONG_VERSION);
}

TEST_CASE("frequency: too small a buffer is told and left alone", "[frequency][packed]") {
    for (const FrequencySketch &s : samples()) {
        const Bytes packed = s.pack();
        REQUIRE(packed.size() <= SKETCH_FREQUENCY_PACKED_MAX(s.info().log2_width));
        REQUIRE(packed.size() <= frequency_packed_bound(s.data(), s.size()));
    }
    tests().small_buffers();
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
