// The sketches of each group, and how they are written: rows of COPY's text format.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "../core/common/hash.hpp"
#include "input.hpp"
#include "state.hpp"

namespace cli {

using States = std::vector<std::unique_ptr<State>>;

// What is written and when, as options say it.
struct OutputOptions {
    std::string copy;                 // statements of COPY to this table, with rows in between; empty: only rows
    std::vector<std::string> header;  // names of columns, which are the first line; none: no such line
    std::int64_t flush = 0;           // microseconds after which what came since is written; 0: at the end
    std::size_t max_groups = 0;       // written as soon as there are so many; 0: any number
    bool is_quiet = false;
};

class Groups {
  public:
    Groups(bool has_key, std::size_t sketches, const OutputOptions &options);

    // Those of the group whose columns are `key`, as they are written. A sketch that nothing came to is nullptr, and
    // becomes NULL.
    States &of(std::string_view key);
    // Writes all groups in the order in which they came, and forgets them.
    void flush();
    // For Input: until the next flush, or the next line of progress.
    int wait(const Input &input, std::uint64_t rows);
    // Takes the line of progress away.
    void end_progress();

  private:
    using Clock = std::chrono::steady_clock;
    struct Hash {
        using is_transparent = void;
        std::uint64_t seed;  // such that nobody can choose keys that share places
        std::size_t operator()(std::string_view key) const {
            return static_cast<std::size_t>(XXH3_64bits_withSeed(key.data(), key.size(), seed));
        }
    };
    using Map = std::unordered_map<std::string, States, Hash, std::equal_to<>>;

    void show_progress(const Input &input, std::uint64_t rows, Clock::time_point now);

    const bool has_key_;  // whether there are columns before the sketches
    const std::size_t sketches_;
    const OutputOptions options_;
    const bool has_progress_;
    Map groups_;
    std::vector<Map::value_type *> in_order_;
    Map::value_type *last_ = nullptr;
    const Clock::time_point start_ = Clock::now();
    Clock::time_point next_flush_, next_progress_ = start_ + std::chrono::milliseconds(500);
    bool is_progress_shown_ = false;
    bool is_header_written_ = false;
};

// To standard output; throws.
void write_out(std::string_view text);
void flush_out();

}  // namespace cli
