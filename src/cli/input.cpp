#include "input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "commands.hpp"

namespace cli {

namespace {

constexpr std::size_t kBlock = 256 * 1024;

volatile sig_atomic_t is_stopped = 0;

}  // namespace

void stop_on_signals() {
    struct sigaction action = {};
    action.sa_handler = [](int) { is_stopped = 1; };  // without SA_RESTART: whoever waits is woken
    action.sa_flags = SA_RESETHAND;                   // who does not want to wait asks twice
    for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

Input::Input(std::vector<std::string> files, Wait wait)
    : files_(std::move(files)), wait_(std::move(wait)), buffer_(kBlock + kPadding) {
    if (files_.empty()) files_.push_back("-");
}

Input::~Input() {
    if (file_ > 0) ::close(file_);
}

std::string Input::place() const {
    const std::string line = "line " + std::to_string(line_);
    return files_.size() > 1 ? printable(name_) + ": " + line : line;
}

bool Input::open_next() {
    if (next_file_ == files_.size()) return false;
    name_ = files_[next_file_++];
    if (file_ > 0) ::close(file_);
    file_ = name_ == "-" ? 0 : ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) throw Failure("cannot open " + printable(name_) + ": " + std::strerror(errno));
    is_at_end_ = false;
    begin_ = at_ = end_ = 0;
    line_ = lines_ = 0;
    return true;
}

void Input::skip_file() {
    is_at_end_ = true;
    begin_ = at_ = end_;
}

// Reads what there is behind what was read. False at the end of the file.
bool Input::fill() {
    if (is_at_end_) return false;
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        at_ -= begin_;
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ + kPadding == buffer_.size()) {
        if (end_ >= kMaxRecord) throw Failure(place() + ": a record of more than 1 GB");
        buffer_.resize(2 * buffer_.size());
    }
    for (;;) {
        const int timeout = wait_(*this);
        if (is_stopped) break;
        if (timeout >= 0) {
            pollfd waited = {file_, POLLIN, 0};
            const int ready = ::poll(&waited, 1, timeout);
            if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
        }
        const ssize_t got = ::read(file_, buffer_.data() + end_, buffer_.size() - kPadding - end_);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Failure("cannot read " + printable(name_) + ": " + std::strerror(errno));
        if (got == 0) break;
        end_ += static_cast<std::size_t>(got);
        bytes_ += static_cast<std::uint64_t>(got);
        return true;
    }
    is_at_end_ = true;
    return false;
}

// The record up to the end of the line in which `from` stands.
bool Input::find_end(std::size_t from, std::string_view &record) {
    for (const std::size_t begin = from - begin_;;) {
        const char *const data = buffer_.data();
        if (const void *found = std::memchr(data + from, '\n', end_ - from)) {
            const auto end = static_cast<std::size_t>(static_cast<const char *>(found) - data);
            record = {data + begin_, end - begin_};
            at_ = end + 1;
            break;
        }
        const std::size_t searched = end_ - begin_;
        if (!fill()) {
            // A line that does not end is one, too, unless it is empty, or nobody waited for its end.
            if (end_ - begin_ == begin || is_stopped) return false;
            record = {buffer_.data() + begin_, end_ - begin_};
            at_ = end_;
            break;
        }
        from = begin_ + searched;
    }
    lines_++;
    return true;
}

bool Input::next(std::string_view &record) {
    begin_ = at_;
    line_ = lines_ + 1;
    while (!find_end(begin_, record)) {
        if (is_stopped || !open_next()) return false;
        line_ = 1;
    }
    if (line_ == 1) {
        if (record.substr(0, 2) == "\x1f\x8b")
            throw Failure(printable(name_) + " is compressed by gzip: zcat decompresses it");
        if (record.substr(0, 3) == "\xef\xbb\xbf") record.remove_prefix(3);  // a mark of the order of bytes
    }
    return true;
}

void Input::again() {
    at_ = begin_;
    lines_ = line_ - 1;
}

bool Input::extend(std::string_view &record) {
    const std::size_t mark = static_cast<std::size_t>(record.data() - (buffer_.data() + begin_));
    if (!find_end(at_, record)) return false;
    record.remove_prefix(mark);
    return true;
}

}  // namespace cli
