#include "groups.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "rows.hpp"

namespace cli {

namespace {

// Not stdio's, which forgets what it has where a signal comes in between.
std::string waiting;
constexpr std::size_t kMostWaiting = 256 * 1024;

}  // namespace

void write_out(std::string_view text) {
    waiting += text;
    if (waiting.size() >= kMostWaiting) flush_out();
}

void flush_out() {
    std::string_view left = waiting;
    while (!left.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw WriteFailure(std::string("cannot write: ") + std::strerror(errno));
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    waiting.clear();
}

namespace {

// "\x..." in hexadecimal is what PostgreSQL reads, and its backslash is written twice.
void append_sketch(std::string &out, std::string_view packed) {
    out += "\\\\x";
    for (const char c : packed) {
        const auto byte = static_cast<unsigned char>(c);
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
}

std::string header_line(const std::vector<std::string> &names) {
    std::string line;
    for (const std::string &name : names) {
        append_copied(line, {name, false});
        line += &name == &names.back() ? '\n' : '\t';
    }
    return line;
}

}  // namespace

Groups::Groups(bool has_key, std::size_t sketches, const OutputOptions &options)
    : has_key_(has_key),
      sketches_(sketches),
      options_(options),
      has_progress_(!options.is_quiet && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO)),
      groups_(16, Hash{random_number()}),
      next_flush_(start_ + std::chrono::microseconds(options.flush)) {}

States &Groups::of(std::string_view key) {
    if (last_ != nullptr && last_->first == key) return last_->second;
    auto found = groups_.find(key);
    if (found == groups_.end()) {
        if (options_.max_groups != 0 && groups_.size() == options_.max_groups) flush();
        found = groups_.emplace(key, States(sketches_)).first;
        in_order_.push_back(&*found);
    }
    last_ = &*found;
    return last_->second;
}

void Groups::flush() {
    if (in_order_.empty()) return;
    end_progress();
    // If psql went on after an error, it would read the rows as statements, or lose them and say that all was well.
    if (!options_.copy.empty() && !is_header_written_) write_out("\\set ON_ERROR_STOP on\n");
    if (!options_.copy.empty()) write_out("COPY " + options_.copy + " FROM STDIN;\n");
    else if (!options_.header.empty() && !is_header_written_) write_out(header_line(options_.header));
    is_header_written_ = true;
    std::string line;
    for (const Map::value_type *group : in_order_) {
        line = group->first;
        for (const std::unique_ptr<State> &state : group->second) {
            if (has_key_ || &state != &group->second.front()) line += '\t';
            if (state == nullptr) line += "\\N";
            else append_sketch(line, state->packed());
        }
        write_out(line += '\n');
    }
    if (!options_.copy.empty()) write_out("\\.\n");
    flush_out();
    in_order_.clear();
    groups_.clear();
    last_ = nullptr;
}

int Groups::wait(const Input &input, std::uint64_t rows) {
    if (options_.flush == 0 && !has_progress_) return -1;
    const Clock::time_point now = Clock::now();
    Clock::time_point next = Clock::time_point::max();
    if (options_.flush != 0) {
        if (now >= next_flush_) {
            flush();
            next_flush_ = now + std::chrono::microseconds(options_.flush);
        }
        next = next_flush_;
    }
    if (has_progress_) {
        if (now >= next_progress_) show_progress(input, rows, now);
        next = std::min(next, next_progress_);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
    return static_cast<int>(std::min<std::int64_t>(left, 3'600'000));
}

void Groups::show_progress(const Input &input, std::uint64_t rows, Clock::time_point now) {
    const double seconds = std::chrono::duration<double>(now - start_).count();
    std::fprintf(stderr, "\r%.1f million rows, %.0f MB, %zu groups, %.1f million rows/s \033[K",
                 static_cast<double>(rows) / 1e6, static_cast<double>(input.bytes()) / 1e6, groups_.size(),
                 static_cast<double>(rows) / seconds / 1e6);
    is_progress_shown_ = true;
    next_progress_ = now + std::chrono::milliseconds(500);
}

void Groups::end_progress() {
    if (is_progress_shown_) std::fputs("\r\033[K", stderr);
    is_progress_shown_ = false;
}

}  // namespace cli
