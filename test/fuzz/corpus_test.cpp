// Every input that the fuzzers found worth keeping, once more.
#include <string>

#include "../core/catch.hpp"
#include "../core/corpus.hpp"
#include "../core/opening.hpp"

using Complaint = std::string(const uint8_t *data, size_t size, size_t shift);
using Check = sketch_status(const uint8_t *packed, size_t size);
Complaint distinct_complaint, frequency_complaint, interop_complaint, membership_complaint, quantile_complaint,
    topk_complaint;

namespace {

// `check` accepts packed values. Some of the inputs must be such, and some work forms: else the decoders hardly run.
void replay(const std::string &family, Complaint complaint_about, Check check) {
    int inputs = 0, packed = 0, work = 0;
    for (const mutations::Bytes &bytes : corpus_of(family)) {
        inputs++;
        packed += check(bytes.data(), bytes.size()) == SKETCH_OK;
        work += form_of(bytes.data(), bytes.size()) == SKETCH_WORK;
        for (size_t shift : {0, 1})
            if (std::string complaint = complaint_about(bytes.data(), bytes.size(), shift); !complaint.empty())
                FAIL(family << ": " << complaint << ": " << mutations::hex(bytes));
    }
    INFO(family << ": " << inputs << " inputs, " << packed << " of them packed values, " << work << " work forms");
    CHECK(inputs > 100);
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
TEST_CASE("interop: the fuzzers' corpus", "[interop][corpus]") {
    int inputs = 0;
    for (const mutations::Bytes &bytes : corpus_of("interop")) {
        inputs++;
        if (std::string complaint = interop_complaint(bytes.data(), bytes.size(), 0); !complaint.empty())
            FAIL("interop: " << complaint << ": " << mutations::hex(bytes));
    }
    CHECK(inputs > 100);
}
