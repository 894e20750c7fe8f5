// What belongs to no family: statuses, the version, the two forms.
#include "../core/format.hpp"

using namespace sketch;

const char *sketch_status_message(sketch_status status) noexcept {
    switch (status) {
        case SKETCH_OK: return "no error";
        case SKETCH_GROW: return "the state must grow first";
        case SKETCH_OVERFLOW: return "count out of range";
        case SKETCH_BELOW_ZERO: return "a count would fall below zero";
        case SKETCH_FRACTION_MISMATCH: return "the percentile fractions differ";
        case SKETCH_NO_ROOM: return "the output buffer is too small";
        case SKETCH_TRUNCATED: return "The value ends early.";
        case SKETCH_WRONG_VERSION: return "The value has an unknown format version.";
        case SKETCH_WRONG_FAMILY: return "The value is a sketch of another type.";
        case SKETCH_CORRUPT: return "The value has a field that is out of range or not in its canonical encoding.";
        case SKETCH_TRAILING: return "The value has bytes after its end.";
    }
    return "unknown status";
}

const char *sketch_version(void) noexcept { return SKETCH_VERSION; }

// The caller's length word comes first. Whatever it holds, it is no packed value's first byte: lengths of work forms are
// powers of two and PostgreSQL stores them shifted.
int sketch_is_work_form(const void *data, size_t size) noexcept {
    const uint8_t *bytes = static_cast<const uint8_t *>(data);
    return size > 4 && bytes[0] != kFormatVersion && bytes[4] == kWorkMagic && reinterpret_cast<uintptr_t>(data) % 8 == 0;
}
