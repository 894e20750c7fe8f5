// What belongs to no family: statuses, the version, the two forms.
#include <string_view>

#include "../core/common/format.hpp"
#include "../core/common/poll.hpp"

using namespace sketch;

const char *sketch_status_message(sketch_status status) noexcept {
    switch (status) {
        case SKETCH_OK: return "no error";
        case SKETCH_GROW: return "the state must grow first";
        case SKETCH_MORE: return "more bytes must be read first";
        case SKETCH_END: return "there is no next entry";
        case SKETCH_OUT_OF_RANGE: return "a parameter is out of range";
        case SKETCH_WRONG_FORM: return "the sketch must be packed first";
        case SKETCH_OVERFLOW: return "count out of range";
        case SKETCH_BELOW_ZERO: return "a count would fall below zero";
        case SKETCH_WRONG_KIND: return "the sketch holds values of another kind";
        case SKETCH_NO_ROOM: return "a buffer is too small or not aligned";
        case SKETCH_TRUNCATED: return "The value ends early.";
        case SKETCH_WRONG_VERSION: return "The value has an unknown format version.";
        case SKETCH_WRONG_FAMILY: return "The value is a sketch of another type.";
        case SKETCH_CORRUPT: return "The value has a field that is out of range or not in its canonical encoding.";
        case SKETCH_TRAILING: return "The value has bytes after its end.";
        case SKETCH_TOO_LARGE: return "The items would take more memory than is allowed.";
        case SKETCH_BAD_ITEM: return "the item is too long, or has no hash";
    }
    return "unknown status";
}

// SKETCH_VERSION is the default_version of sketch_ext.control, as both builds pass it.
#define SKETCH_STRING_OF(x) #x
#define SKETCH_STRING(x) SKETCH_STRING_OF(x)
#define SKETCH_HEADER_VERSION \
    SKETCH_STRING(SKETCH_VERSION_MAJOR) "." SKETCH_STRING(SKETCH_VERSION_MINOR) "." SKETCH_STRING(SKETCH_VERSION_PATCH)
static_assert(std::string_view(SKETCH_VERSION) == SKETCH_HEADER_VERSION,
              "the version of sketch/common.h is not the one of sketch_ext.control");

const char *sketch_version(void) noexcept { return SKETCH_VERSION; }

sketch_status sketch_packed_family(const uint8_t *first, size_t first_size, sketch_family *family) noexcept {
    if (first_size < 1) return SKETCH_TRUNCATED;
    if (first[0] != kFormatVersion) return SKETCH_WRONG_VERSION;
    if (first_size < 2) return SKETCH_TRUNCATED;
    if (first[1] < SKETCH_QUANTILE || first[1] > SKETCH_MEMBERSHIP) return SKETCH_CORRUPT;
    *family = static_cast<sketch_family>(first[1]);
    return SKETCH_OK;
}

void sketch_set_poll(void (*poll)()) noexcept { poll_function.store(poll, std::memory_order_relaxed); }
