// Sketches of any family as C++ values: what the command builds, merges and packs.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "../sketch.h"

namespace cli {

// What the user did, or has, that cannot be: its text is shown.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};
// The same where nothing more can be written.
struct WriteFailure : Failure {
    using Failure::Failure;
};
// And where the command line is wrong.
struct UsageFailure : Failure {
    using Failure::Failure;
};

inline void must(sketch_status status) {
    if (status != SKETCH_OK) throw Failure(sketch_status_message(status));
}

// Memory as the library wants it: aligned, and none of its bytes written.
class Memory {
  public:
    explicit Memory(std::size_t size = 0) : bytes_(new std::uint64_t[(size + 7) / 8]), size_(size) {}
    void *data() const { return bytes_.get(); }
    std::size_t size() const { return size_; }

  private:
    std::unique_ptr<std::uint64_t[]> bytes_;
    std::size_t size_;
};

// The calls that are alike in all families.
template <sketch_family kFamily>
struct Calls;
#define SKETCH_CALLS(family, name)                                         \
    template <>                                                            \
    struct Calls<family> {                                                 \
        using Opened = sketch_##name;                                      \
        using Info = sketch_##name##_info;                                 \
        static constexpr auto open_size = sketch_##name##_open_size;       \
        static constexpr auto open = sketch_##name##_open;                 \
        static constexpr auto init_size = sketch_##name##_init_size;       \
        static constexpr auto move = sketch_##name##_move;                 \
        static constexpr auto merge = sketch_##name##_merge;               \
        static constexpr auto load = sketch_##name##_load;                 \
        static constexpr auto packed_bound = sketch_##name##_packed_bound; \
        static constexpr auto pack = sketch_##name##_pack;                 \
        static constexpr auto describe = sketch_##name##_describe;         \
    };
SKETCH_CALLS(SKETCH_QUANTILE, quantile)
SKETCH_CALLS(SKETCH_DISTINCT, distinct)
SKETCH_CALLS(SKETCH_FREQUENCY, frequency)
SKETCH_CALLS(SKETCH_TOPK, topk)
SKETCH_CALLS(SKETCH_MEMBERSHIP, membership)
#undef SKETCH_CALLS

// A sketch that can be read, of bytes that live longer.
template <sketch_family kFamily>
class Opening {
  public:
    using Opened = typename Calls<kFamily>::Opened;

    Opening(const void *bytes, std::size_t size, sketch_form form)
        : scratch_(Calls<kFamily>::open_size(bytes, size, form)) {
        must(Calls<kFamily>::open(bytes, size, form, scratch_.data(), scratch_.size(), &sketch_));
    }
    explicit Opening(std::string_view packed) : Opening(packed.data(), packed.size(), SKETCH_PACKED) {}
    Opened *get() const { return sketch_; }

  private:
    Memory scratch_;
    Opened *sketch_;
};

// What a sketch is made with; of these a family knows its own.
struct Parameters {
    sketch_family family;
    double accuracy = 0.01;
    int precision = 10;
    double error = 0.001;
    std::uint32_t k = 10;
    std::uint64_t expected_items = 0;
    double false_positive_rate = 0.01;
};

// What a row brings to a sketch.
struct Value {
    double number;
    sketch_item item;
    std::uint64_t weight = 1;
};

// Nobody who sends rows or sketches may know where hash tables put them.
std::uint64_t random_number();

// A sketch that grows.
class State {
  public:
    virtual ~State() = default;
    virtual sketch_status add(const Value &value) = 0;
    virtual sketch_status merge(std::string_view packed) = 0;
    virtual std::string packed() const = 0;
};

// An empty one, or one that goes on with what was packed, and has been checked.
std::unique_ptr<State> make_state(const Parameters &parameters);
std::unique_ptr<State> load_state(std::string_view packed);

const char *family_name(sketch_family family);
bool is_family_name(std::string_view name);
// Of the name; throws.
sketch_family family_of_name(std::string_view name);
// Of packed bytes; throws.
sketch_family family_of(std::string_view packed);
// Checks packed bytes to the last one; throws.
void check_packed(std::string_view packed);

// SQL's name of a kind, as sketch_info has it.
const char *kind_name(int kind);

}  // namespace cli
