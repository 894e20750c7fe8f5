// sketch_*_load: a work form of what is packed, or of another work form. The sketches are those of test/golden/.
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "chosen.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "opening.hpp"
#include "topk_sketch.hpp"

namespace {

// Work forms need 8-byte alignment.
struct State {
    std::vector<uint64_t> words;
    void *data() { return words.data(); }
    size_t size() const { return 8 * words.size(); }
};

struct Quantile {
    static constexpr const char *name = "quantile";
    using Opened = OpenedQuantile;
    static constexpr auto load = sketch_quantile_load;
    static constexpr auto move = sketch_quantile_move;
    static constexpr sketch_status (*merge)(void *, size_t, sketch_quantile *, sketch_growth *) = sketch_quantile_merge;
    static Bytes pack(const sketch_quantile *sketch) {
        Bytes out(sketch_quantile_packed_bound(sketch));
        size_t size = 0;
        REQUIRE(sketch_quantile_pack(sketch, out.data(), out.size(), &size) == SKETCH_OK);
        out.resize(size);
        return out;
    }
};

// Those that pack without any more arguments.
template <typename Sketch, auto Bound, auto Pack>
Bytes packed(const Sketch *sketch) {
    Bytes out(Bound(sketch));
    size_t size = 0;
    REQUIRE(Pack(sketch, out.data(), out.size(), &size) == SKETCH_OK);
    out.resize(size);
    return out;
}

struct Distinct {
    static constexpr const char *name = "distinct";
    using Opened = OpenedDistinct;
    static constexpr auto load = sketch_distinct_load;
    static constexpr auto move = sketch_distinct_move;
    static constexpr sketch_status (*merge)(void *, size_t, const sketch_distinct *,
                                            sketch_growth *) = sketch_distinct_merge;
    static constexpr sketch_status (*pack_it)(const sketch_distinct *, uint8_t *, size_t,
                                              size_t *) = sketch_distinct_pack;
    static constexpr size_t (*bound)(const sketch_distinct *) = sketch_distinct_packed_bound;
    static Bytes pack(const sketch_distinct *sketch) { return packed<sketch_distinct, bound, pack_it>(sketch); }
};

struct Frequency {
    static constexpr const char *name = "frequency";
    using Opened = OpenedFrequency;
    static constexpr auto load = sketch_frequency_load;
    static constexpr auto move = sketch_frequency_move;
    static constexpr sketch_status (*merge)(void *, size_t, const sketch_frequency *,
                                            sketch_growth *) = sketch_frequency_merge;
    static constexpr sketch_status (*pack_it)(const sketch_frequency *, uint8_t *, size_t,
                                              size_t *) = sketch_frequency_pack;
    static constexpr size_t (*bound)(const sketch_frequency *) = sketch_frequency_packed_bound;
    static Bytes pack(const sketch_frequency *sketch) { return packed<sketch_frequency, bound, pack_it>(sketch); }
};

struct Topk {
    static constexpr const char *name = "topk";
    using Opened = OpenedTopk;
    static constexpr auto load = sketch_topk_load;
    static constexpr auto move = sketch_topk_move;
    static constexpr sketch_status (*merge)(void *, size_t, const sketch_topk *, sketch_growth *) = sketch_topk_merge;
    static Bytes pack(const sketch_topk *sketch) {
        Bytes out(sketch_topk_packed_bound(sketch));
        std::vector<uint64_t> scratch(sketch_topk_pack_size(sketch) / 8 + 1);
        size_t size = 0;
        REQUIRE(sketch_topk_pack(sketch, scratch.data(), 8 * scratch.size(), out.data(), out.size(), &size) ==
                SKETCH_OK);
        out.resize(size);
        return out;
    }
};

struct Membership {
    static constexpr const char *name = "membership";
    using Opened = OpenedMembership;
    static constexpr auto load = sketch_membership_load;
    static constexpr auto move = sketch_membership_move;
    static constexpr sketch_status (*merge)(void *, size_t, const sketch_membership *,
                                            sketch_growth *) = sketch_membership_merge;
    static constexpr sketch_status (*pack_it)(const sketch_membership *, uint8_t *, size_t,
                                              size_t *) = sketch_membership_pack;
    static constexpr size_t (*bound)(const sketch_membership *) = sketch_membership_packed_bound;
    static Bytes pack(const sketch_membership *sketch) { return packed<sketch_membership, bound, pack_it>(sketch); }
};

// The sketches of a golden file that are written out, without those that carry fractions.
template <typename Family>
std::vector<Bytes> golden() {
    std::vector<Bytes> all;
    std::ifstream file(std::string(SKETCH_GOLDEN_FILES) + "/" + Family::name + ".txt");
    for (std::string line; std::getline(file, line);) {
        const std::string value = line.substr(line.find('\t') + 1);
        if (line.starts_with("with ") || value.find(' ') != std::string::npos) continue;
        Bytes bytes;
        for (size_t i = 0; i + 1 < value.size(); i += 2)
            bytes.push_back(static_cast<uint8_t>(std::stoul(value.substr(i, 2), nullptr, 16)));
        all.push_back(bytes);
    }
    REQUIRE(all.size() > 50);
    return all;
}

// In memory of exactly the size that is asked for, with anything in it.
template <typename Family>
State loaded(const void *bytes, size_t size, sketch_form form) {
    typename Family::Opened opened(bytes, size, form);
    REQUIRE(opened.status == SKETCH_OK);
    State state;
    sketch_growth growth;
    sketch_status s;
    int rounds = 0;
    while ((s = Family::load(opened.sketch, state.data(), state.size(), &growth)) == SKETCH_GROW) {
        REQUIRE(growth.size % 8 == 0);
        REQUIRE(rounds++ < 6);
        state.words.assign(growth.size / 8, 0xa5a5a5a5a5a5a5a5);
    }
    REQUIRE(s == SKETCH_OK);
    return state;
}

template <typename Family>
void merge(State &state, const Bytes &other) {
    typename Family::Opened opened(other.data(), other.size(), SKETCH_PACKED);
    REQUIRE(opened.status == SKETCH_OK);
    sketch_growth growth;
    while (Family::merge(state.data(), state.size(), opened.sketch, &growth) == SKETCH_GROW) {
        State larger;
        larger.words.resize(growth.size / 8);
        Family::move(larger.data(), state.data(), state.size(), &growth);
        state = larger;
    }
}

template <typename Family>
Bytes packed_state(const State &state) {
    typename Family::Opened opened(state.words.data(), state.size(), SKETCH_WORK);
    REQUIRE(opened.status == SKETCH_OK);
    return Family::pack(opened.sketch);
}

template <typename Family>
void loads() {
    const std::vector<Bytes> all = golden<Family>();
    for (const Bytes &bytes : all) {
        State state = loaded<Family>(bytes.data(), bytes.size(), SKETCH_PACKED);
        REQUIRE(packed_state<Family>(state) == bytes);
        State copy = loaded<Family>(state.data(), state.size(), SKETCH_WORK);
        REQUIRE(packed_state<Family>(copy) == bytes);
    }
    std::mt19937_64 random(1);  // and it goes on from there
    for (int i = 0; i < 200; i++) {
        const Bytes &a = all[random() % all.size()], &b = all[random() % all.size()];
        if (Family::name != std::string("quantile") && a[3] != b[3]) continue;  // kinds
        State from_a = loaded<Family>(a.data(), a.size(), SKETCH_PACKED);
        State from_b = loaded<Family>(b.data(), b.size(), SKETCH_PACKED);
        merge<Family>(from_a, b);
        merge<Family>(from_b, a);
        if (Family::name != std::string("topk")) REQUIRE(packed_state<Family>(from_a) == packed_state<Family>(from_b));
    }
}

}  // namespace

TEST_CASE("quantile: a sketch is loaded", "[quantile]") { loads<Quantile>(); }
TEST_CASE("distinct: a sketch is loaded", "[distinct]") { loads<Distinct>(); }
TEST_CASE("frequency: a sketch is loaded", "[frequency]") { loads<Frequency>(); }
TEST_CASE("topk: a sketch is loaded", "[topk]") { loads<Topk>(); }
TEST_CASE("membership: a sketch is loaded", "[membership]") { loads<Membership>(); }

// The table of a loaded state must then be made anew, with another salt.
TEST_CASE("topk: items that crowd are loaded", "[topk]") {
    for (const std::vector<std::string> &items : {chosen::short_texts(2000), chosen::texts_with_tags(2000, 100)}) {
        TopkSketch s(1000);
        for (const std::string &item : items) s.add(item);
        const Bytes bytes = s.pack();
        REQUIRE(packed_state<Topk>(loaded<Topk>(bytes.data(), bytes.size(), SKETCH_PACKED)) == bytes);
    }
}

TEST_CASE("frequency: items that crowd are loaded", "[frequency]") {
    FrequencySketch s(16);
    for (uint64_t hash = 0; hash < 5000; hash++) s.add(hash);
    const Bytes bytes = s.pack();
    REQUIRE(packed_state<Frequency>(loaded<Frequency>(bytes.data(), bytes.size(), SKETCH_PACKED)) == bytes);
}

TEST_CASE("distinct: items that crowd are loaded", "[distinct]") {
    DistinctSketch s(16);
    for (uint32_t token : chosen::tokens_from(1000))
        s.add(token >> 6 | (token & 63 ? uint64_t{1} << (63 - (token & 63)) : ~uint64_t{0} >> 18 << 18));
    const Bytes bytes = s.pack();
    REQUIRE(packed_state<Distinct>(loaded<Distinct>(bytes.data(), bytes.size(), SKETCH_PACKED)) == bytes);
}
