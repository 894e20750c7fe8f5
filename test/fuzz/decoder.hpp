// What the decoder targets share: each states in `complaint_about(data, size)` what must hold for any bytes at all.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>

namespace decoder {

// The first thing that is wrong with how the library treats these bytes, or nullptr.
using Complaint = const char *(*)(const uint8_t *data, size_t size);

// Works on an exactly sized copy, `shift` bytes off alignment, so that the address sanitizer sees every byte too many.
// An empty text is no complaint.
inline std::string complaint_about_copy(Complaint complaint_about, const uint8_t *data, size_t size, size_t shift) {
    std::unique_ptr<uint8_t[]> copy(new uint8_t[size + shift]);
    if (size > 0) std::memcpy(copy.get() + shift, data, size);
    try {
        const char *complaint = complaint_about(copy.get() + shift, size);
        return complaint == nullptr ? "" : complaint;
    } catch (const std::exception &e) {
        return e.what();
    }
}

// One input of libFuzzer: aligned, as only a work form must be, and not.
inline int try_input(Complaint complaint_about, const uint8_t *data, size_t size) {
    for (size_t shift : {0, 1})
        if (!complaint_about_copy(complaint_about, data, size, shift).empty()) std::abort();
    return 0;
}

}  // namespace decoder
