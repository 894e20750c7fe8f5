// What belongs to no family: statuses, the version, the two forms.
#include "../core/common/format.hpp"
#include "../core/common/poll.hpp"

using namespace sketch;

const char *sketch_status_message(sketch_status status) noexcept {
    switch (status) {
        case SKETCH_OK: return "no error";
        case SKETCH_GROW: return "the state must grow first";
        case SKETCH_OVERFLOW: return "count out of range";
        case SKETCH_BELOW_ZERO: return "a count would fall below zero";
        case SKETCH_FRACTION_MISMATCH: return "the percentile fractions differ";
        case SKETCH_WRONG_KIND: return "the sketch holds values of another kind";
        case SKETCH_NO_ROOM: return "the output buffer is too small";
        case SKETCH_TRUNCATED: return "The value ends early.";
        case SKETCH_WRONG_VERSION: return "The value has an unknown format version.";
        case SKETCH_WRONG_FAMILY: return "The value is a sketch of another type.";
        case SKETCH_CORRUPT: return "The value has a field that is out of range or not in its canonical encoding.";
        case SKETCH_TRAILING: return "The value has bytes after its end.";
        case SKETCH_TOO_LARGE: return "The items would take more memory than is allowed.";
        case SKETCH_BAD_ITEM: return "the item is too long, or has no hash";
        case SKETCH_OUT_OF_RANGE: return "a parameter is out of its range";
    }
    return "unknown status";
}

const char *sketch_version(void) noexcept { return SKETCH_VERSION; }

void sketch_set_poll(void (*poll)()) noexcept { poll_function.store(poll, std::memory_order_relaxed); }
