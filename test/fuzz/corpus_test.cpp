// Every input that the fuzzers found worth keeping, once more: test/fuzz/corpus has a file for each family, a line of
// hexadecimal digits for each input.
#include <fstream>
#include <string>
#include <vector>

#include "../core/catch.hpp"
#include "../core/opening.hpp"

using Complaint = std::string(const uint8_t *data, size_t size, size_t shift);
using Check = sketch_status(const uint8_t *packed, size_t size);
Complaint distinct_complaint, frequency_complaint, membership_complaint, quantile_complaint, topk_complaint;

namespace {

std::vector<uint8_t> bytes_of(const std::string &line) {
    std::vector<uint8_t> bytes;
    for (size_t i = 0; i + 1 < line.size(); i += 2)
        bytes.push_back(static_cast<uint8_t>(std::stoi(line.substr(i, 2), nullptr, 16)));
    return bytes;
}

// `check` accepts packed values. Some of the inputs must be such, and some work forms: else the decoders hardly run.
void replay(const std::string &family, Complaint complaint_about, Check check) {
    std::ifstream file(std::string(SKETCH_CORPUS) + "/" + family + ".txt");
    int inputs = 0, packed = 0, work = 0;
    for (std::string line; std::getline(file, line); inputs++) {
        const std::vector<uint8_t> bytes = bytes_of(line);
        packed += check(bytes.data(), bytes.size()) == SKETCH_OK;
        work += form_of(bytes.data(), bytes.size()) == SKETCH_WORK;
        for (size_t shift : {0, 1})
            if (std::string complaint = complaint_about(bytes.data(), bytes.size(), shift); !complaint.empty())
                FAIL(family << ": " << complaint << ": " << line);
    }
    INFO(family << ": " << inputs << " inputs, " << packed << " of them packed values, " << work << " work forms");
    CHECK(inputs > 100);
    CHECK(packed >= 20);
    CHECK(work >= 20);
}

}  // namespace

TEST_CASE("the fuzzers' corpus: distinct", "[distinct][corpus]") {
    replay("distinct", distinct_complaint, sketch_distinct_check);
}
TEST_CASE("the fuzzers' corpus: frequency", "[frequency][corpus]") {
    replay("frequency", frequency_complaint, sketch_frequency_check);
}
TEST_CASE("the fuzzers' corpus: membership", "[membership][corpus]") {
    replay("membership", membership_complaint, sketch_membership_check);
}
TEST_CASE("the fuzzers' corpus: quantile", "[quantile][corpus]") {
    replay("quantile", quantile_complaint, sketch_quantile_check);
}
TEST_CASE("the fuzzers' corpus: topk", "[topk][corpus]") { replay("topk", topk_complaint, sketch_topk_check); }
