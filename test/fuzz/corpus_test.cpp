// Every input that the fuzzers found worth keeping, once more.
#include <string>
#include <vector>

#include "../core/catch.hpp"
#include "../core/corpus.hpp"
#include "../core/opening.hpp"

using Complaint = std::string(const uint8_t *data, size_t size, size_t shift);
using Check = sketch_status(const uint8_t *packed, size_t size);
Complaint distinct_complaint, frequency_complaint, interop_complaint, membership_complaint, quantile_complaint,
    topk_complaint;

namespace {

// The inputs of a family, of which all must be sound.
std::vector<mutations::Bytes> sound_inputs(const std::string &family, Complaint complaint_about) {
    std::vector<mutations::Bytes> inputs = corpus_of(family);
    for (const mutations::Bytes &bytes : inputs)
        for (size_t shift : {0, 1})
            if (std::string complaint = complaint_about(bytes.data(), bytes.size(), shift); !complaint.empty())
                FAIL(family << ": " << complaint << ": " << mutations::hex(bytes));
    CHECK(inputs.size() > 100);
    return inputs;
}

// `check` accepts packed values. Some of the inputs must be such, and some work forms: else the decoders hardly run.
void replay(const std::string &family, Complaint complaint_about, Check check) {
    const std::vector<mutations::Bytes> inputs = sound_inputs(family, complaint_about);
    int packed = 0, work = 0;
    for (const mutations::Bytes &bytes : inputs) {
        packed += check(bytes.data(), bytes.size()) == SKETCH_OK;
        work += form_of(bytes.data(), bytes.size()) == SKETCH_WORK;
    }
    INFO(family << ": " << inputs.size() << " inputs, " << packed << " of them packed values, " << work
                << " work forms");
    CHECK(packed >= 20);
    CHECK(work >= 20);
}

}  // namespace

TEST_CASE("distinct: the fuzzers' corpus", "[distinct][corpus]") {
    replay("distinct", distinct_complaint, sketch_distinct_check);
}
TEST_CASE("frequency: the fuzzers' corpus", "[frequency][corpus]") {
    replay("frequency", frequency_complaint, sketch_frequency_check);
}
TEST_CASE("membership: the fuzzers' corpus", "[membership][corpus]") {
    replay("membership", membership_complaint, sketch_membership_check);
}
TEST_CASE("quantile: the fuzzers' corpus", "[quantile][corpus]") {
    replay("quantile", quantile_complaint, sketch_quantile_check);
}
TEST_CASE("topk: the fuzzers' corpus", "[topk][corpus]") { replay("topk", topk_complaint, sketch_topk_check); }
TEST_CASE("interop: the fuzzers' corpus", "[interop][corpus]") { sound_inputs("interop", interop_complaint); }
