// Bytes from anywhere: a packed value is refused or it is canonical and every function can work with it, and no work
// form, however damaged, makes a reader leave its buffer. What is checked about each stands in
// fuzz/distinct_decoder.cpp. And the code of registers, against its formulas in floating point.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "../../src/core/distinct/code.hpp"
#include "../../src/core/distinct/entropy.hpp"
#include "../../src/core/distinct/grid.hpp"
#include "catch.hpp"
#include "distinct_sketch.hpp"
#include "mutations.hpp"
#include "untrusted.hpp"

std::string distinct_complaint(const uint8_t *data, size_t size, size_t shift);

namespace {

namespace core = sketch::distinct;
namespace model = sketch::distinct::model;
using mutations::hex;
using mutations::Random;
using mutations::telling_byte;

DistinctSketch sketch_of_items(uint64_t count, int precision, uint64_t seed = 0) {
    DistinctSketch s(precision);
    for (uint64_t i = 0; i < count; i++) s.add(sketch_hash_word(i + (seed << 32)));
    return s;
}

// Hashes with the most leading zeros, which no data ever has: registers near their largest value, escapes.
DistinctSketch extreme_sketch(int precision, uint64_t count, uint64_t seed) {
    Random random(seed);
    DistinctSketch s(precision);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t low = random() & 0x3ffff, one = random() % 2, place = 18 + random() % 46;
        s.add(low | one << place);
    }
    return s;
}

std::vector<DistinctSketch> samples() {
    std::vector<DistinctSketch> all;
    for (int precision : {4, 10, 16}) all.emplace_back(precision);
    all.emplace_back(7, SKETCH_KIND_OTHER | SKETCH_KIND_ARRAY);
    for (uint64_t count : {1, 2, 3, 10, 20, 100, 1000, 100000}) all.push_back(sketch_of_items(count, 4));
    for (uint64_t count : {1, 8, 9, 40, 1000, 50000}) all.push_back(sketch_of_items(count, 6, 1));
    for (uint64_t count : {32, 33, 200, 3000}) all.push_back(sketch_of_items(count, 8, 2));
    for (uint64_t count : {70, 128}) all.push_back(sketch_of_items(count, 10, 3));
    all.push_back(sketch_of_items(300, 12, 4));
    for (int precision : {4, 5, 7}) all.push_back(extreme_sketch(precision, 60, 5));
    all.push_back(extreme_sketch(12, 200, 6));
    DistinctSketch merged = sketch_of_items(500, 8, 7);
    merged.merge(extreme_sketch(5, 100, 8));
    all.push_back(merged);
    return all;
}

const untrusted::Tests &tests() {
    static const untrusted::Tests all(distinct_complaint, sketch_distinct_check, DistinctFamily::pack,
                                      untrusted::samples_of(samples()));
    return all;
}

sketch_status check(const Bytes &packed) { return sketch_distinct_check(packed.data(), packed.size()); }

int place_of(const std::vector<uint16_t> &registers, int precision) {
    core::View view;
    view.precision = precision;
    view.dense = true;
    view.registers = registers.data();
    return core::place_of_estimate(view);
}

Bytes header(uint8_t flags, int precision, int place) {
    return {1,
            2,
            flags,
            SKETCH_KIND_NUMBER,
            static_cast<uint8_t>(precision),
            static_cast<uint8_t>(place),
            static_cast<uint8_t>(place >> 8)};
}

// Registers as they are, behind a header.
Bytes raw(const std::vector<uint16_t> &registers, int precision) {
    Bytes packed = header(3, precision, place_of(registers, precision));
    for (uint16_t r : registers) packed.insert(packed.end(), {static_cast<uint8_t>(r), static_cast<uint8_t>(r >> 8)});
    return packed;
}

// Coded registers behind a header, as docs/FORMAT.md describes them, and what may be wrong with them: the place of the
// estimate, and with it lambda's code, is `place_off` too large, register `escaped` has a code word, the last bits of
// stream `filled` are not zero, stream `longer` has a byte too many.
struct Wrong {
    int place_off = 0;
    size_t escaped = SIZE_MAX, filled = SIZE_MAX, longer = SIZE_MAX;
    bool one_escape_less = false;
};

Bytes coded(const std::vector<uint16_t> &registers, int precision, const Wrong &wrong = {}) {
    const int place = place_of(registers, precision) + wrong.place_off, code = core::grid::code_at(place);
    const core::PrefixCode &prefix = core::PrefixCode::of(code);
    Bytes streams[4], escaped;
    for (size_t s = 0; s < 4; s++) {
        std::string bits;
        for (size_t i = s * registers.size() / 4; i < (s + 1) * registers.size() / 4; i++) {
            auto word = prefix.word_of(registers[i] - (core::PrefixCode::base(code) << 9));
            if (word.length == 0 || i == wrong.escaped) {
                word = prefix.escape();
                escaped.insert(escaped.end(),
                               {static_cast<uint8_t>(registers[i]), static_cast<uint8_t>(registers[i] >> 8)});
            }
            for (int bit = word.length - 1; bit >= 0; bit--) bits += word.bits >> bit & 1 ? '1' : '0';
        }
        while (bits.size() % 8 != 0) bits += s == wrong.filled ? '1' : '0';
        if (s == wrong.longer) bits += "00000000";
        for (size_t at = 0; at < bits.size(); at += 8)
            streams[s].push_back(static_cast<uint8_t>(std::stoi(bits.substr(at, 8), nullptr, 2)));
    }
    Bytes packed = header(1, precision, place);
    auto varint = [&](uint64_t v) {
        for (; v >= 128; v >>= 7) packed.push_back(static_cast<uint8_t>(v | 128));
        packed.push_back(static_cast<uint8_t>(v));
    };
    for (size_t s = 1; s < 4; s++) {
        const int64_t more = static_cast<int64_t>(streams[s].size()) - static_cast<int64_t>(streams[s - 1].size());
        varint(more < 0 ? static_cast<uint64_t>(-2 * more - 1) : static_cast<uint64_t>(2 * more));
    }
    if (wrong.one_escape_less) escaped.resize(escaped.size() - 2);
    varint(escaped.size() / 2);
    for (const Bytes &stream : streams) packed.insert(packed.end(), stream.begin(), stream.end());
    packed.insert(packed.end(), escaped.begin(), escaped.end());
    return packed;
}

const int kRounds = kSanitized ? 3000 : 20000;

}  // namespace

TEST_CASE("distinct: valid sketches are sound at any alignment", "[distinct][packed]") {
    tests().valid();
    untrusted::Tests(distinct_complaint, sketch_distinct_check, DistinctFamily::pack,
                     untrusted::samples_of<DistinctSketch>(
                         {sketch_of_items(9000, 16), sketch_of_items(2000000, 16), sketch_of_items(20000, 10)}))
        .valid();
}

TEST_CASE("distinct: every truncation and every further byte is refused", "[distinct][packed]") {
    tests().truncations(untrusted::every, 51, false);
}

TEST_CASE("distinct: every flipped bit gives a refusal or another sound sketch", "[distinct][packed]") {
    tests().flips([](size_t bit, size_t bits) -> size_t {
        const size_t kStep = kSanitized ? 7 : 1;
        return bit + kStep < 8 * 150 ? kStep : 1 + bits / 23;
    });
}

TEST_CASE("distinct: so do random changes of several bytes", "[distinct][packed]") { tests().changes(kRounds); }

TEST_CASE("distinct: bytes of nothing but one value are refused", "[distinct][packed]") { tests().fills(); }

TEST_CASE("distinct: no work form leads a reader astray", "[distinct][packed]") {
    tests().work_flips(32, kSanitized ? 7 : 1);
    tests().work_changes(kRounds, [](Random &random, Bytes &work) {
        const size_t at = random() % 2 ? 5 + random() % 20 : random() % work.size();
        work[at] = telling_byte(random, work[at]);
    });
}

TEST_CASE("distinct: a work form with a pending token that is none is refused", "[distinct][packed]") {
    const DistinctSketch s = sketch_of_items(5000, 10, 3);
    auto status = [&](uint32_t pending) {
        std::vector<uint32_t> work(s.size() / 4);
        std::memcpy(work.data(), s.data(), s.size());
        REQUIRE(work[3] > 0);
        work[3] = pending;
        sketch_distinct_info info{};
        return sketch_distinct_describe(work.data(), s.size(), &info);
    };
    CHECK(status(0) == SKETCH_OK);
    CHECK(status(1 + (5u << 6 | 46)) == SKETCH_OK);
    CHECK(status(1 + (5u << 6 | 47)) == SKETCH_CORRUPT);  // more leading zeros than a token's hash can have
    CHECK(status(1 + (1u << 24)) == SKETCH_CORRUPT);
    CHECK(status(0xffffffff) == SKETCH_CORRUPT);
}

TEST_CASE("distinct: a pending token hides no register that cannot be", "[distinct][packed]") {
    const DistinctSketch s = sketch_of_items(5000, 6, 3);
    const uint32_t index = 5;
    auto status = [&](uint16_t value, uint32_t pending) {
        std::vector<uint32_t> work(s.size() / 4);
        std::memcpy(work.data(), s.data(), s.size());
        work[3] = pending;
        std::memcpy(reinterpret_cast<uint8_t *>(work.data()) + 16 + 2 * index, &value, 2);
        sketch_distinct_info info{};
        return sketch_distinct_describe(work.data(), s.size(), &info);
    };
    const uint32_t high = 1 + (index << 1 << 6 | 30);  // shifts all flags of lower levels out
    CHECK(status(0, 0) == SKETCH_OK);
    CHECK(status(0, high) == SKETCH_OK);
    CHECK(status(1 << 9, 0) == SKETCH_CORRUPT);  // level 1 without the flag that is always set
    CHECK(status(1 << 9, high) == SKETCH_CORRUPT);
}

TEST_CASE("distinct: registers are stored as they are exactly if coding does not help", "[distinct][packed]") {
    Random random(23);
    int raw_values = 0;
    for (int round = 0; round < 400; round++) {
        int precision = 4 + round % 4;
        DistinctSketch items = sketch_of_items(uint64_t{50} << precision, precision, static_cast<uint64_t>(round)),
                       settled(precision);
        settled.merge(items.pack());
        std::vector<uint16_t> registers(size_t{1} << precision);
        std::memcpy(registers.data(), static_cast<const uint8_t *>(settled.data()) + sizeof(core::WorkHeader),
                    2 * registers.size());
        for (uint64_t odd = random() % registers.size(); odd > 0; odd--)  // about half of them at most
            registers[random() % registers.size()] =
                static_cast<uint16_t>((10 + random() % 100) << 9 | (random() & 511));
        const int code = core::grid::code_at(place_of(registers, precision));
        size_t size = core::encode_registers(registers.data(), precision, code, nullptr);
        Bytes room(2 * registers.size());
        REQUIRE(core::encode_registers(registers.data(), precision, code, room.data()) == size);
        Bytes as_they_are = raw(registers, precision);
        REQUIRE((check(as_they_are) == SKETCH_OK) == (size == 0));
        raw_values += size == 0;
        REQUIRE(size < 2 * registers.size());
    }
    CHECK(raw_values > 20);
    CHECK(raw_values < 380);
}

TEST_CASE("distinct: registers that no items give are refused", "[distinct][packed]") {
    const int precision = 4;
    auto accepted = [&](uint16_t odd) {
        // Levels all over the place, so that they are stored as they are.
        std::vector<uint16_t> registers(16);
        for (size_t i = 0; i < 16; i++) registers[i] = static_cast<uint16_t>((10 + 7 * i) << 9 | (37 * i & 511));
        registers[3] = odd;
        return check(raw(registers, precision)) == SKETCH_OK;
    };
    CHECK(accepted(0));
    CHECK(accepted(1 << 9 | 256));        // level 1: the flag of level 0 is always set
    CHECK_FALSE(accepted(1 << 9));        // and here it is not
    CHECK_FALSE(accepted(1 << 9 | 257));  // a level below 0
    CHECK_FALSE(accepted(256));           // a flag, but no level
    CHECK(accepted(120 << 9));            // the last level of this precision
    CHECK_FALSE(accepted(121 << 9));
    // Each register by itself, among others that are sound.
    for (uint32_t r = 0; r < 0x10000; r++) {
        std::vector<uint16_t> some(16, 50 << 9);
        some[5] = static_cast<uint16_t>(r);
        REQUIRE(core::are_registers(some.data(), precision) == core::is_register(r, precision));
    }
    // Tokens would have been kept. One register and level stands for 2^(17 - precision) tokens, or for one where none
    // of the bits above the register's is set.
    std::vector<uint16_t> few(16);
    CHECK_FALSE(core::are_registers(few.data(), precision));
    few[0] = 1 << 9 | 256;
    CHECK(core::are_registers(few.data(), precision));
    for (int p : {16, 15}) {
        std::vector<uint16_t> thin(size_t{1} << p);
        for (size_t i = 0; i <= thin.size() / 8 / (size_t{1} << (17 - p)); i++) thin[i] = 1 << 9 | 256;
        CHECK(core::are_registers(thin.data(), p));
        thin[0] = 0;
        CHECK_FALSE(core::are_registers(thin.data(), p));
    }
}

TEST_CASE("distinct: registers are coded in one way only", "[distinct][packed]") {
    Random random(24);
    int refused_escapes = 0, refused_fillings = 0, refused_numbers = 0;
    for (int round = 0; round < 200; round++) {
        const int precision = 5 + round % 6;
        DistinctSketch s =
            sketch_of_items(uint64_t{1} << (precision - 2 + round % 14), precision, 100 + static_cast<uint64_t>(round));
        if (!s.info().is_dense) continue;
        std::vector<uint16_t> registers(size_t{1} << precision);
        const Bytes packed = s.pack();
        DistinctSketch settled(precision);  // with no pending token
        settled.merge(packed);
        std::memcpy(registers.data(), static_cast<const uint8_t *>(settled.data()) + sizeof(core::WorkHeader),
                    2 * registers.size());
        REQUIRE(coded(registers, precision) == packed);
        const int code = packed[6];
        auto with = [&](const Wrong &wrong) { return check(coded(registers, precision, wrong)); };
        for (int off : {-256, -1, 1, 256}) CHECK(with({.place_off = off}) == SKETCH_CORRUPT);
        // A register that is written out although it has a code word.
        const size_t escaped = random() % registers.size();
        const bool needed =
            core::PrefixCode::of(code).word_of(registers[escaped] - (core::PrefixCode::base(code) << 9)).length == 0;
        REQUIRE(with({.escaped = escaped}) == (needed ? SKETCH_OK : SKETCH_CORRUPT));
        refused_escapes += !needed;
        for (size_t stream = 0; stream < 4; stream++) {
            CHECK(with({.longer = stream}) == SKETCH_CORRUPT);
            const bool is_full = coded(registers, precision, {.filled = stream}) == packed;
            CHECK(with({.filled = stream}) == (is_full ? SKETCH_OK : SKETCH_CORRUPT));
            refused_fillings += !is_full;
        }
        size_t escapes = 0;
        for (uint16_t r : registers)
            escapes += core::PrefixCode::of(code).word_of(r - (core::PrefixCode::base(code) << 9)).length == 0;
        if (escapes == 0) continue;
        CHECK(with({.one_escape_less = true}) == SKETCH_CORRUPT);
        refused_numbers++;
    }
    CHECK(refused_escapes > 50);
    CHECK(refused_fillings > 50);
    CHECK(refused_numbers > 50);
    // Levels all over the place: the code is as long as the registers, or longer.
    int longer = 0;
    for (int round = 0; round < 50; round++) {
        std::vector<uint16_t> registers(16);
        for (uint16_t &r : registers) r = static_cast<uint16_t>((10 + random() % 100) << 9 | (random() & 511));
        const Bytes bytes = coded(registers, 4);
        if (bytes.size() - 7 < 2 * registers.size()) {
            REQUIRE(check(bytes) == SKETCH_OK);
            continue;
        }
        REQUIRE(check(bytes) == SKETCH_CORRUPT);
        REQUIRE(check(raw(registers, 4)) == SKETCH_OK);
        longer++;
    }
    CHECK(longer > 0);
}

// Counts them: all tokens that could have come, given a set of registers.
TEST_CASE("distinct: registers that too few tokens give are refused, whatever their levels and flags",
          "[distinct][packed]") {
    Random random(25);
    auto tokens_that_fit = [](const std::vector<uint16_t> &registers, int precision) {
        uint64_t tokens = 0;
        const uint32_t mask = static_cast<uint32_t>(registers.size()) - 1;
        for (uint32_t index = 0; index < core::kTokenIndexes; index++) {
            const uint32_t u = registers[index >> 1 & mask] >> 9, flags = registers[index >> 1 & mask] & 511;
            if (u == 0) continue;
            for (uint32_t nlz = 0; nlz <= core::kLargestNlz; nlz++) {
                const uint32_t level = core::level_of(core::hash_of(index << 6 | nlz), precision);
                tokens += level == u || (level < u && (u - level > 9 || (flags >> (9 - (u - level)) & 1)));
            }
        }
        return tokens;
    };
    // Registers of one level and no flags but the given ones, up to the last that is too few; then one flag more.
    for (auto [precision, u] : {std::pair{16, 5u},
                                {16, 9u},
                                {16, 11u},
                                {16, 93u},
                                {15, 91u},
                                {15, 93u},
                                {15, 94u},
                                {15, 95u},
                                {15, 97u},
                                {14, 93u},
                                {14, 95u},
                                {14, 96u},
                                {14, 98u}}) {
        std::vector<uint16_t> registers(size_t{1} << precision);
        const uint16_t one = static_cast<uint16_t>(u << 9 | core::given_flags(u));
        registers[0] = one;
        const uint64_t each = tokens_that_fit(registers, precision), most = core::max_tokens(precision);
        for (uint64_t i = 0; i < most / each; i++) registers[i] = one;
        uint64_t tokens = most / each * each;
        const uint64_t least = uint64_t{1} << (17 - precision);  // of level 1
        for (size_t i = registers.size(); tokens + least <= most; tokens += least) registers[--i] = 1 << 9 | 256;
        INFO("precision " << precision << ", level " << u << ", each of " << each << " tokens, " << tokens
                          << " in all");
        REQUIRE(tokens_that_fit(registers, precision) == tokens);
        CHECK_FALSE(core::are_registers(registers.data(), precision));
        std::vector<uint16_t> more = registers;
        more[0] = static_cast<uint16_t>(more[0] | 1 << 8);  // the level below u
        CHECK(core::are_registers(more.data(), precision) == (tokens_that_fit(more, precision) > most));
        // Exactly as many as are needed.
        while (tokens <= most) {
            for (size_t i = 0;; i++)
                if (registers[i] == 0) {
                    registers[i] = tokens + each > most + 1 && tokens + least > most ? 1 << 9 | 256 : one;
                    break;
                }
            tokens = tokens_that_fit(registers, precision);
        }
        CHECK(core::are_registers(registers.data(), precision));
    }
}

TEST_CASE("distinct: work forms larger than any that is made are refused", "[distinct][packed]") {
    for (uint64_t count : {0, 70, 8192, 20000}) {
        DistinctSketch s = sketch_of_items(count, 16, 9);
        const uint8_t *from = static_cast<const uint8_t *>(s.data());
        Bytes work(from, from + s.size());
        sketch_distinct_info info{};
        REQUIRE(sketch_distinct_describe(work.data(), work.size(), &info) == SKETCH_OK);
        work.resize(1 << 20);
        CHECK(sketch_distinct_describe(work.data(), work.size(), &info) == SKETCH_CORRUPT);
    }
    // The largest of each form, at whatever precision they are since.
    DistinctSketch tokens(16), registers = sketch_of_items(20000, 16);
    for (uint64_t i = 0; i < 8192; i++) tokens.add(i << 1);
    REQUIRE_FALSE(tokens.info().is_dense);
    tokens.limit(16);
    registers.limit(4);
    DistinctSketch few(16);
    for (uint64_t i = 0; i < 2; i++) few.add(i);
    few.limit(4);
    for (const DistinctSketch *s : {&tokens, &registers, &few}) CHECK(s->pack().size() > 0);
}

TEST_CASE("distinct: the output buffer is never overrun", "[distinct][packed]") { tests().small_buffers(); }

TEST_CASE("distinct: statuses name what is wrong", "[distinct][packed]") {
    Bytes packed = sketch_of_items(20, 10).pack();
    auto with = [&](size_t at, uint8_t byte) {
        Bytes changed = packed;
        changed[at] = byte;
        return check(changed);
    };
    CHECK(check({}) == SKETCH_TRUNCATED);
    CHECK(with(0, 2) == SKETCH_WRONG_VERSION);
    CHECK(with(1, 1) == SKETCH_WRONG_FAMILY);
    CHECK(with(2, 4) == SKETCH_CORRUPT);
    CHECK(with(3, 0) == SKETCH_CORRUPT);
    CHECK(with(4, 3) == SKETCH_CORRUPT);
    CHECK(with(4, 17) == SKETCH_CORRUPT);
    CHECK(with(4, 4) == SKETCH_CORRUPT);  // 20 tokens are too many for precision 4
    packed.push_back(0);
    CHECK(check(packed) == SKETCH_TRAILING);
    DistinctSketch work(10);
    CHECK(sketch_distinct_check(static_cast<const uint8_t *>(work.data()), work.size()) == SKETCH_WRONG_VERSION);
}

// A register's probability in floating point, from its definition.
TEST_CASE("distinct: registers have the code words that their probabilities ask for", "[distinct][packed]") {
    for (int code = 0; code <= model::kLargestCode; code++) {
        const core::PrefixCode &prefix = core::PrefixCode::of(code);
        const uint32_t base = core::PrefixCode::base(code);
        const double lambda = std::exp2((code - 16) / 4.0);
        auto unseen = [&](int level) { return std::exp(-lambda * std::exp2(-2 - (level - 1) / 2)); };
        INFO("code " << code);
        // All words together fill the table; each is found by its bits, whatever comes behind.
        double filled = std::exp2(-prefix.escape().length), length = 0, entropy = 0, all = 0;
        auto is_found = [&](core::PrefixCode::Word word, uint32_t r) {
            bool found = word.length <= core::PrefixCode::kMaxBits + core::PrefixCode::kMaxRawFlags;
            for (uint64_t behind : {uint64_t{0}, ~uint64_t{0}}) {
                const uint64_t window = uint64_t{word.bits} << (64 - word.length) | behind >> word.length;
                const core::PrefixCode::Slot slot = prefix.slot(window);
                found &= slot.register_in(window) == r && slot.length() == word.length;
            }
            return found;
        };
        REQUIRE(is_found(prefix.escape(), core::PrefixCode::kEscape));
        for (uint32_t r = 0; r < 29 << 9; r++) {
            const int u = static_cast<int>(r >> 9) + static_cast<int>(base);
            const core::PrefixCode::Word word = prefix.word_of(r);
            double p = 1;  // of the register
            for (int level = u + 1; level < u + 40 || level < 60; level++) p *= unseen(level);
            if (u > 0) {
                p *= 1 - unseen(u);
                for (int i = 1; i <= 9 && i < u; i++) p *= r >> (9 - i) & 1 ? 1 - unseen(u - i) : unseen(u - i);
            }
            if (!core::is_register(r + (base << 9), 0) || u >= model::first_u(code) + model::kRows) {
                REQUIRE(word.length == 0);
                continue;
            }
            all += p;
            if (word.length == 0) {  // but for flags that stand raw, of probability 1/2 nearly, this is a symbol
                REQUIRE(p < 0x1p-12 * 3 / 16 * 1.01);
                continue;
            }
            REQUIRE(is_found(word, r));
            filled += std::exp2(-word.length);
            length += p * word.length;
            entropy -= p > 0 ? p * std::log2(p) : 0;
        }
        REQUIRE(filled == 1);
        CHECK(all > 0.99);
        CHECK(prefix.escape().length >= 6);
        CHECK(length < entropy + (code < 16 ? 0.7 : 0.15));
    }
    // What has no row.
    for (uint32_t r : {29u << 9, 31u << 9, 0xffffffffu}) CHECK(core::PrefixCode::of(40).word_of(r).length == 0);
}

// Formats are for ever: what these bytes are must never change.
TEST_CASE("distinct: the format stands still", "[distinct][packed]") {
    auto digest = [](const DistinctSketch &s) {
        Bytes packed = s.pack();
        return std::to_string(packed.size()) + ":" + std::to_string(sketch_hash(packed.data(), packed.size()));
    };
    CHECK(hex(DistinctSketch().pack()) == "010200010a00");
    CHECK(hex(sketch_of_items(3, 10).pack()) == "010200010a03a087c4eb96d51919");
    CHECK(hex(sketch_of_items(1000, 4).pack()) == "0102010104b82800020100d0c572cb20dda4086810d14d4ccfcd0bf57600b2b0");
    CHECK(hex(extreme_sketch(4, 60, 1).pack()) ==
          "01020301040fb300a8b0c400ba00c008c641c000a800bf20c300c800ba00bc00bd00c000c205d2");
    CHECK(digest(sketch_of_items(70, 10)) == "141:6562985103875888284");
    CHECK(digest(sketch_of_items(8192, 16)) == "8749:16486965745434535373");
    CHECK(digest(sketch_of_items(200, 10)) == "232:11012239677958230366");
    CHECK(digest(sketch_of_items(5000, 10)) == "1057:13067662623351013792");
    CHECK(digest(sketch_of_items(1000000, 10)) == "1147:2382976891363944229");
    CHECK(digest(sketch_of_items(300000, 16)) == "65592:16030985592191972560");
}
