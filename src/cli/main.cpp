// sketch: sketches of files and pipes, on the command line.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

#include "commands.hpp"

namespace {

constexpr char kHelp[] =
    R"(Usage: sketch build <sketch> --column <name> [<sketch> --column <name> ...] [option ...] [file ...]
       sketch merge [option ...] [file ...]
       sketch read [question ...] [file ...]
       sketch info [file ...]

build   makes sketches of the columns of rows: CSV, tab-separated values or JSON lines. Standard output has
        a row for each group, as COPY reads it: the columns of the group, then the sketches.
merge   merges the sketches of such rows into those of fewer groups.
read    asks sketches, and shows what they answer. Without a question: the usual ones.
info    shows what the sketches are, as JSON.

Without a file, or for "-", standard input is read.

Sketches of build, and what may stand behind each:
  quantile     --column <name> [--weight <name>] [--accuracy 0.01]
  distinct     --column <name> [--type text] [--precision 10]
  frequency    --column <name> [--type text] [--weight <name>] [--error 0.001]
  topk         --column <name> [--type text] [--weight <name>] [--k 10]
  membership   --column <name> [--type text] --expected-items <n> [--rate 0.01]
  --type is that of the items in SQL: bigint, numeric, float8, text, uuid, bytea, boolean, date,
  timestamp, timestamptz, time, inet or enum.

Options of build:
  --by <name>[,<name> ...]       a group for each value of these columns
  --time <name> --bucket <1m>    and for each such interval of this time
  --format csv|tsv|json          else what the first line looks like. tsv is the text format of COPY
  --delimiter ';'                of CSV      --null -       what is NULL, too
  --no-header                    columns are numbers from 1 on, and the first line is a row
  --skip-bad <n>|all             so many rows may be bad; else the first one ends it
Options of build and merge:
  --flush <1s>                   writes what came since, each second, as long as there is input
  --max-groups <n>               writes as soon as there are so many groups
  --copy "<table> [(columns)]"   writes statements for psql: COPY ... FROM STDIN, each time with its rows
  --header                       the first line has the names of columns (of merge, also of what is read)
  --quiet                        no line of progress on the terminal
Options of merge:
  --by <name>[,<name> ...]       columns of the groups, by number or by name; else all that are no sketches.
                                 --by '' merges everything
  --time <name> --bucket <1h>    and intervals of this column
Questions of read:
  --percentiles 0.5,0.99  --ranks <x>[,<x> ...]  --sum  --mean  --min  --max   of quantile sketches
  --count                 rows; of distinct sketches how many different; the rate of a filter
  --item <value>          how often it came, or whether it did; may stand several times
  --top <n>               the most frequent items
  --bounds                with lower and upper bounds; --confidence 0.95 of distinct sketches
  --column <name>[,...]   only these sketches     --header   the first line has names
  --format table|csv|json

  sketch build quantile --column latency distinct --column user --by host --time at --bucket 1m events.csv
  tail -n +1 -F events.tsv | sketch build quantile --column ms --flush 1s --copy 'minutes (ms)' | psql -q
)";

struct Command {
    const char *name;
    void (*run)(int argc, char **argv);
};
constexpr Command kCommands[] = {
    {"build", cli::build}, {"merge", cli::merge}, {"read", cli::read}, {"info", cli::info}};

void run(int argc, char **argv) {
    const std::string name = argc > 1 ? argv[1] : "";
    const auto is_help = [](const char *argument) { return std::strcmp(argument, "--help") == 0; };
    if (name == "--version") return cli::write_out(std::string("sketch ") + sketch_version() + "\n");
    if (name == "-h" || std::any_of(argv + 1, argv + argc, is_help)) return cli::write_out(kHelp);
    for (const Command &command : kCommands)
        if (name == command.name) return command.run(argc - 1, argv + 1);
    throw cli::UsageFailure(name.empty() ? "which command? build, merge, read or info"
                                         : "there is no command \"" + name + "\"" +
                                               (cli::is_family_name(name) ? ": sketch build " + name + "?" : ""));
}

}  // namespace

int main(int argc, char **argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a write fails, and says so
    sketch_set_salt(cli::random_number());
    try {
        run(argc, argv);
        cli::flush_out();
        return 0;
    } catch (const cli::UsageFailure &failure) {
        std::fprintf(stderr, "sketch: %s\nsketch --help tells more.\n", failure.what());
        return 2;
    } catch (const cli::Failure &failure) {
        std::fprintf(stderr, "sketch: %s\n", failure.what());
    } catch (const std::bad_alloc &) {
        std::fputs("sketch: out of memory\n", stderr);
    }
    return 1;
}
