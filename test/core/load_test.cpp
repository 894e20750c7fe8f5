// sketch_*_load: a work form of what is packed, or of another work form. The sketches are those of test/golden/.
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "chosen.hpp"
#include "distinct_sketch.hpp"
#include "frequency_sketch.hpp"
#include "membership_sketch.hpp"
#include "mutations.hpp"
#include "quantile_sketch.hpp"
#include "topk_sketch.hpp"

namespace {

// The sketches of a golden file that are written out, without those that carry fractions.
std::vector<Bytes> golden(const std::string &family) {
    std::vector<Bytes> all;
    std::ifstream file(SKETCH_GOLDEN_FILES + ("/" + family + ".txt"));
    for (std::string line; std::getline(file, line);) {
        const std::string value = line.substr(line.find('\t') + 1);
        if (line.starts_with("with ") || value.find(' ') != std::string::npos) continue;
        all.push_back(mutations::bytes_of(value));
    }
    REQUIRE(all.size() > 50);
    return all;
}

template <typename Sketch>
Sketch loaded(const void *bytes, size_t size) {
    Sketch s;
    s.load(bytes, size);
    return s;
}
template <typename Sketch>
Sketch loaded(const Bytes &packed) {
    return loaded<Sketch>(packed.data(), packed.size());
}

template <typename Sketch>
void loads(const std::string &family) {
    const std::vector<Bytes> all = golden(family);
    for (const Bytes &bytes : all) {
        const Sketch s = loaded<Sketch>(bytes);
        REQUIRE(s.pack() == bytes);
        REQUIRE(loaded<Sketch>(s.data(), s.size()).pack() == bytes);
    }
    std::mt19937_64 random(1);  // and it goes on from there
    for (int i = 0; i < 200; i++) {
        const Bytes &a = all[random() % all.size()], &b = all[random() % all.size()];
        if (family != "quantile" && a[3] != b[3]) continue;  // kinds
        Sketch from_a = loaded<Sketch>(a), from_b = loaded<Sketch>(b);
        from_a.merge(b);
        from_b.merge(a);
        if (family != "topk") REQUIRE(from_a.pack() == from_b.pack());
    }
}

}  // namespace

TEST_CASE("quantile: a sketch is loaded", "[quantile]") { loads<QuantileSketch>("quantile"); }
TEST_CASE("distinct: a sketch is loaded", "[distinct]") { loads<DistinctSketch>("distinct"); }
TEST_CASE("frequency: a sketch is loaded", "[frequency]") { loads<FrequencySketch>("frequency"); }
TEST_CASE("topk: a sketch is loaded", "[topk]") { loads<TopkSketch>("topk"); }
TEST_CASE("membership: a sketch is loaded", "[membership]") { loads<MembershipSketch>("membership"); }

// The table of a loaded state must then be made anew, with another salt.
TEST_CASE("topk: items that crowd are loaded", "[topk]") {
    for (const std::vector<std::string> &items : {chosen::short_texts(2000), chosen::texts_with_tags(2000, 100)}) {
        TopkSketch s(1000);
        for (const std::string &item : items) s.add(item);
        const Bytes bytes = s.pack();
        REQUIRE(loaded<TopkSketch>(bytes).pack() == bytes);
    }
}

TEST_CASE("frequency: items that crowd are loaded", "[frequency]") {
    FrequencySketch s(16);
    for (uint64_t hash = 0; hash < 5000; hash++) s.add(hash);
    const Bytes bytes = s.pack();
    REQUIRE(loaded<FrequencySketch>(bytes).pack() == bytes);
}

TEST_CASE("distinct: items that crowd are loaded", "[distinct]") {
    DistinctSketch s(16);
    for (uint32_t token : chosen::tokens_from(1000))
        s.add(token >> 6 | (token & 63 ? uint64_t{1} << (63 - (token & 63)) : ~uint64_t{0} >> 18 << 18));
    const Bytes bytes = s.pack();
    REQUIRE(loaded<DistinctSketch>(bytes).pack() == bytes);
}
