// How functions that read a sketch get it: from what the call site keeps of one that comes again (kept.hpp), or from
// its header where that tells all they need: of an out-of-line or compressed value, a slice. A family also says
//
//     static constexpr bool decodes;   whether opening a sketch reads all of it, or its header only
#pragma once

#include "family.hpp"
#include "kept.hpp"

namespace pg {

inline const varlena *value_of(Datum datum) { return reinterpret_cast<const varlena *>(DatumGetPointer(datum)); }

// Whether it must be fetched or decompressed first.
inline bool is_toasted(const varlena *value) { return VARATT_IS_EXTERNAL(value) || VARATT_IS_COMPRESSED(value); }

// Whether an argument came again, if it takes long to read.
template <typename Family>
Came look(Kept *kept, Datum datum) {
    const varlena *value = value_of(datum);
    return kept != nullptr && (Family::decodes || is_toasted(value)) ? kept->look(value) : Came::first;
}

// An argument, opened: the one that was kept, or in `scratch`. What came again is kept from now on.
template <typename Family>
const typename Family::Opened *opened(FunctionCallInfo fcinfo, Kept *kept, Came came, Datum datum, Scratch &scratch) {
    using Opened = typename Family::Opened;
    if (came == Came::first) return open<Family>(sketch_from(datum), scratch);
    if (came == Came::kept) return static_cast<const Opened *>(kept->made);
    const Datum copy = kept->begin(fcinfo->flinfo->fn_mcxt, value_of(datum));
    MemoryContext previous = MemoryContextSwitchTo(kept->context);
    const Sketch sketch = sketch_from(copy);
    const size_t size = Family::open_size(sketch.data, sketch.size, sketch.form);
    Opened *result = nullptr;
    check(Family::open(sketch.data, sketch.size, sketch.form, palloc_extended(size, MCXT_ALLOC_HUGE), size, &result),
          Family::type);
    MemoryContextSwitchTo(previous);
    kept->made = result;
    return result;
}

// Argument `i`, 0 or 1, of a function that looks for no item.
template <typename Family>
const typename Family::Opened *argument(FunctionCallInfo fcinfo, int i, Scratch &scratch) {
    const Datum datum = PG_GETARG_DATUM(i);
    Kept *kept = kept_arguments(fcinfo);
    if (kept != nullptr) kept += i;
    return opened<Family>(fcinfo, kept, look<Family>(kept, datum), datum, scratch);
}

// Facts of a whole sketch, such as its total, and in which form it came. Facts is a struct with
//     static Facts of(opened);
//     static sketch_status peek(first, first_size, size, facts);   if the header has all of them: as in the C ABI
template <typename Facts>
struct Known {
    Facts facts;
    sketch_form form;
    size_t size;  // as the ABI has it
};

// What the first bytes of a packed value tell, if they are enough: what stands behind them is neither fetched nor
// checked. False for a work form, which is read as a whole.
template <typename Family, typename Facts>
bool peek(Datum datum, Known<Facts> *known) {
    const bool is_far = is_toasted(value_of(datum));
    const varlena *first = is_far ? PG_DETOAST_DATUM_SLICE(datum, 0, SKETCH_PEEK_SIZE) : value_of(datum);
    known->form = SKETCH_PACKED;
    known->size = is_far ? toast_raw_datum_size(datum) - VARHDRSZ : VARSIZE_ANY_EXHDR(first);
    sketch_status status = SKETCH_NO_ROOM;
    if (!is_work_form(first))
        status = Facts::peek(reinterpret_cast<const uint8 *>(VARDATA_ANY(first)), VARSIZE_ANY_EXHDR(first), known->size,
                             &known->facts);
    if (is_far) pfree(const_cast<varlena *>(first));
    if (status != SKETCH_NO_ROOM) check(status, Family::type);
    return status == SKETCH_OK;
}

// The same of a whole value.
template <typename Family, typename Facts>
Known<Facts> known_of_whole(Datum datum) {
    Scratch scratch;
    const Sketch sketch = sketch_from(datum);
    const Known<Facts> known = {Facts::of(open<Family>(sketch, scratch)), sketch.form, sketch.size};
    release(scratch);
    release(sketch);
    return known;
}

template <typename Family, typename Facts>
Known<Facts> known_of(Datum datum) {
    if constexpr (requires { Facts::peek; }) {
        Known<Facts> known;
        if (peek<Family>(datum, &known)) return known;
    }
    return known_of_whole<Family, Facts>(datum);
}

// Of argument 0. They are kept themselves, not the sketch; but not if they stand at the front of what is at hand.
template <typename Family, typename Facts>
Known<Facts> known_argument(FunctionCallInfo fcinfo) {
    const Datum datum = PG_GETARG_DATUM(0);
    const bool is_at_hand = !is_toasted(value_of(datum));
    if constexpr (requires { Facts::peek; }) {
        Known<Facts> known;
        if (is_at_hand && peek<Family>(datum, &known)) return known;
    }
    Kept *kept = kept_arguments(fcinfo);
    const Came came = look<Family>(kept, datum);
    if (came == Came::kept) return *static_cast<const Known<Facts> *>(kept->made);
    const Known<Facts> known = is_at_hand ? known_of_whole<Family, Facts>(datum) : known_of<Family, Facts>(datum);
    if (came == Came::again) {
        kept->begin(fcinfo->flinfo->fn_mcxt, value_of(datum));
        kept->made = memcpy(MemoryContextAlloc(kept->context, sizeof known), &known, sizeof known);
    }
    return known;
}

template <typename Family, typename Facts>
Facts facts_of(FunctionCallInfo fcinfo) {
    return known_argument<Family, Facts>(fcinfo).facts;
}

// sketch_info(sketch), and the cast to jsonb of a family that says no more in it: json_of(out, facts) completes them.
template <typename Family, typename Facts>
Datum sketch_info(FunctionCallInfo fcinfo, Datum (*json_of)(StringInfo, const Facts &)) {
    const Known<Facts> known = known_argument<Family, Facts>(fcinfo);
    StringInfoData out;
    begin_info<Family>(&out, known.form, known.size);
    return json_of(&out, known.facts);
}

template <typename Family, typename Facts>
Datum sketch_to_jsonb(FunctionCallInfo fcinfo, Datum (*json_of)(StringInfo, const Facts &)) {
    const Facts facts = facts_of<Family, Facts>(fcinfo);
    StringInfoData out;
    begin_json<Family>(&out);
    return json_of(&out, facts);
}

}  // namespace pg
