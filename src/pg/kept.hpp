// What a call site keeps of a sketch that comes again in its next call: a constant, a parameter, a variable, the outer
// row of a join. It is fetched, decompressed and opened once, and not for each row.
//
// A value is known by the bytes that the caller hands over, not by its address or by the expression: a variable of
// PL/pgSQL is a parameter to the executor, and changes between calls of one expression. So a value that is in memory is
// compared as a whole, which takes a tenth of the time to decode it or less, and an out-of-line one by the pointer to
// its TOAST chunks.
//
// Two values with equal pointers are the same. A pointer has the value's OID in its TOAST table and both its sizes.
// An OID is given to a new value only if no chunk, be it dead, has it; chunks that our snapshot sees are not removed;
// and of those that it does not see we have no pointer. Within a statement equal pointers are therefore equal values.
// A call site may outlive its statement: one in an expression of PL/pgSQL lives as long as the transaction, and may see
// a pointer, and in the very next call one that was made when the first value had been deleted, vacuumed, and all
// 4 billion OIDs given out. Only what came in the call just before is compared, so that nothing older is taken for it.
#pragma once

#include "pg.hpp"

extern "C" {
#include "utils/memutils.h"
}

namespace pg {

enum class Came { first, again, kept };

// Of one argument. All zeros at first.
struct Kept {
    // Of the value in the call before: its size, and 8 bytes of its beginning, of its middle and of its end, between
    // which of a TOAST pointer nothing is left out.
    uint32 size;
    uint32 repeats;  // how often in succession it came again
    uint64 part[3];
    // Once it came again: all of it, if it is no TOAST pointer; and what was made of it. In a context of its own.
    const varlena *whole;
    const void *made;
    MemoryContext context;

    static constexpr uint32 kMinSize = 16;  // smaller values are read in no time

    // Whether a value came in the call before, and something of it was kept then.
    Came look(const varlena *value) {
        const uint32 bytes = static_cast<uint32>(VARSIZE_ANY(value));
        // What points into memory is never the same for sure.
        const bool is_pointer = VARATT_IS_EXTERNAL(value);
        if (unlikely(bytes < kMinSize || (is_pointer && !VARATT_IS_EXTERNAL_ONDISK(value)))) {
            forget();
            return Came::first;
        }
        uint64 parts[3];
        const char *begin = reinterpret_cast<const char *>(value);
        memcpy(&parts[0], begin, sizeof parts[0]);
        memcpy(&parts[1], begin + bytes / 2 - 4, sizeof parts[1]);
        memcpy(&parts[2], begin + bytes - 8, sizeof parts[2]);
        if (likely(bytes != size || memcmp(parts, part, sizeof part) != 0)) {
            if (made != nullptr) forget();
            size = bytes;
            repeats = 0;
            memcpy(part, parts, sizeof part);
            return Came::first;
        }
        if (made != nullptr) {
            if (is_pointer || memcmp(whole, value, bytes) == 0) return Came::kept;
            forget();
            size = bytes;
            memcpy(part, parts, sizeof part);
        }
        repeats++;
        return Came::again;
    }

    // Where to make what is kept: `made` is set when that is done, so that an error leaves nothing half made. A copy of
    // the value is there already; of a TOAST pointer none is needed.
    Datum begin(MemoryContext parent, const varlena *value) {
        if (context == nullptr)
            context = AllocSetContextCreate(parent, "sketch that comes again", ALLOCSET_SMALL_SIZES);
        MemoryContextReset(context);
        if (VARATT_IS_EXTERNAL(value)) return PointerGetDatum(value);
        varlena *copy = static_cast<varlena *>(MemoryContextAllocHuge(context, size));
        memcpy(copy, value, size);
        whole = copy;
        return PointerGetDatum(copy);
    }

    void forget() {
        size = repeats = 0;
        made = whole = nullptr;
        if (context != nullptr) MemoryContextReset(context);
    }
};

// What a call site remembers in fn_extra. All zeros at first.
template <typename Site>
Site *remembered(FmgrInfo *call, size_t count = 1) {
    if (unlikely(call->fn_extra == nullptr))
        call->fn_extra = MemoryContextAllocZero(call->fn_mcxt, count * sizeof(Site));
    return static_cast<Site *>(call->fn_extra);
}

// Of the first two arguments of a function that looks for no item; functions that do keep theirs in their CallSite.
// Null if the caller says nothing of the call site.
inline Kept *kept_arguments(FunctionCallInfo fcinfo) {
    return unlikely(fcinfo->flinfo == nullptr) ? nullptr : remembered<Kept>(fcinfo->flinfo, 2);
}

}  // namespace pg
