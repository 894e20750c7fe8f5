#include "arguments.hpp"

#include <getopt.h>

#include <charconv>

#include "rows.hpp"

namespace cli {

namespace {

UsageFailure wrong(const Argument &argument, const char *what) {
    return UsageFailure("--" + argument.option + " \"" + argument.value + "\": " + what);
}

}  // namespace

std::vector<Argument> parse_arguments(int argc, char **argv, const std::vector<Option> &options) {
    std::vector<option> known;
    for (const Option &o : options)
        known.push_back({o.name, o.has_value ? required_argument : no_argument, nullptr, 0});
    known.push_back({});
    std::vector<Argument> arguments;
    opterr = 0;
    optind = 1;
    for (int code, at; (code = getopt_long(argc, argv, "-:", known.data(), &at)) != -1;) {
        if (code == 1) arguments.push_back({"", optarg});
        else if (code == 0)
            arguments.push_back({known[static_cast<std::size_t>(at)].name, optarg != nullptr ? optarg : ""});
        else if (code == ':') throw UsageFailure(std::string(argv[optind - 1]) + " wants a value");
        else throw UsageFailure("unknown option " + std::string(argv[optind - 1]));
    }
    for (; optind < argc; optind++) arguments.push_back({"", argv[optind]});
    return arguments;
}

std::vector<std::string> split_list(std::string_view list) {
    std::vector<std::string> parts;
    for (std::size_t comma; (comma = list.find(',')) != list.npos; list.remove_prefix(comma + 1))
        parts.emplace_back(list.substr(0, comma));
    parts.emplace_back(list);
    return parts;
}

double number_argument(const Argument &argument) {
    double value;
    if (!parse_double(argument.value, value)) throw wrong(argument, "no number");
    return value;
}

std::uint64_t count_argument(const Argument &argument) {
    std::uint64_t value;
    if (!parse_whole(argument.value, value)) throw wrong(argument, "a whole number is wanted");
    return value;
}

std::int64_t duration_argument(const Argument &argument) {
    static constexpr struct {
        std::string_view name;
        std::int64_t microseconds;
    } kUnits[] = {{"us", 1},         {"ms", 1000},         {"s", 1'000'000},
                  {"m", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000}};
    std::int64_t value;
    const char *const end = argument.value.data() + argument.value.size();
    const auto [at, error] = std::from_chars(argument.value.data(), end, value);
    for (const auto &unit : kUnits)
        if (error == std::errc() && std::string_view(at, end) == unit.name && value > 0 && value <= 1'000'000)
            return value * unit.microseconds;
    throw wrong(argument, "no duration, as 250ms, 1s, 1m, 1h or 1d");
}

}  // namespace cli
