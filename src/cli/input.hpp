// What is read: files one after the other, or standard input, as records of lines.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

// No record is longer. It stands in memory as a whole.
inline constexpr std::size_t kMaxRecord = std::size_t{1} << 30;
// As many bytes behind a record may be read, whatever they are.
inline constexpr std::size_t kPadding = 64;

class Input {
  public:
    // Of no files: standard input. `wait` is called before each read: it tells for how many milliseconds to wait at
    // most, -1 for ever; and it is called again when they are over.
    using Wait = std::function<int(const Input &)>;
    Input(std::vector<std::string> files, Wait wait);
    ~Input();
    Input(const Input &) = delete;

    // The next line, without its end; and of one that does not end there, the same with the next line behind it. Both
    // last until the next call. False at the end, or of what was asked to stop.
    bool next(std::string_view &record);
    bool extend(std::string_view &record);

    // The next call gives the same record again.
    void again();

    // Passes over the rest of this file.
    void skip_file();
    // Whether the record is the first one of its file.
    bool is_first() const { return line_ == 1; }
    // Where the record begins: "line 7", or "events.csv: line 7" of several files.
    std::string place() const;
    // Bytes so far.
    std::uint64_t bytes() const { return bytes_; }

  private:
    bool find_end(std::size_t from, std::string_view &record);
    bool open_next();
    bool fill();

    std::vector<std::string> files_;
    std::size_t next_file_ = 0;
    Wait wait_;
    int file_ = -1;
    std::string name_;
    bool is_at_end_ = true;
    std::vector<char> buffer_;
    std::size_t begin_ = 0, at_ = 0, end_ = 0;  // of the record, of what follows, and of what was read
    std::uint64_t line_ = 0, lines_ = 0, bytes_ = 0;
};

// Makes SIGINT, SIGTERM and SIGHUP end the input, so that what was read is written; for pipes that never end.
void stop_on_signals();

}  // namespace cli
