// The command line: options with a value or without, and between them, in their order, words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct Argument {
    std::string option;  // without its hyphens; empty if it is a word
    std::string value;
};

struct Option {
    const char *name;
    bool has_value;
};

// Throws UsageFailure where they are none of these options.
std::vector<Argument> parse_arguments(int argc, char **argv, const std::vector<Option> &options);

// "a,b" as a and b.
std::vector<std::string> split_list(std::string_view list);

// Values of options; throw UsageFailure. A duration as "250ms", "30s", "1m", "1h" or "7d", in microseconds.
double number_argument(const Argument &argument);
std::uint64_t count_argument(const Argument &argument);
std::int64_t duration_argument(const Argument &argument);

}  // namespace cli
