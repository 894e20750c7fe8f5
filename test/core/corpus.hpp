// Every input that the fuzzers found worth keeping: test/fuzz/corpus has a file for each family, a line of hexadecimal
// digits for each input.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "mutations.hpp"

inline std::vector<mutations::Bytes> corpus_of(const std::string &family) {
    std::vector<mutations::Bytes> inputs;
    std::ifstream file(SKETCH_CORPUS + ("/" + family + ".txt"));
    for (std::string line; std::getline(file, line);) inputs.push_back(mutations::bytes_of(line));
    return inputs;
}
