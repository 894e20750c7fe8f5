// SQL values as items of sketches: their hashes and canonical bytes, how a value that is looked up becomes one of the
// sketch's kind, and how items become values again. docs/FORMAT.md describes the bytes of each kind.
#pragma once

#include "../kept.hpp"
#include "../parameter.hpp"

extern "C" {
#include "utils/typcache.h"
}

namespace pg {

struct Columns;

inline varlena *varlena_from(const void *bytes, size_t size) {
    return cstring_to_text_with_len(static_cast<const char *>(bytes), static_cast<int>(size));
}

// Canonical bytes of a value: in its own memory, in `buffer`, or allocated.
struct ItemBytes {
    const void *bytes;
    size_t size;
    uint8 buffer[64];
};

// How to hash the values of one SQL type. Made once a query and call site, kept in fn_extra.
struct Hasher {
    uint64 (*hash)(Hasher *, Datum);
    void (*item)(Hasher *, Datum, ItemBytes *);
    int kind;               // a sketch_kind
    Oid type;               // domains by their base type
    Oid collation;          // for types that hash by a function of their own
    FmgrInfo *extended;     // that function
    FmgrInfo *output;       // to text, of types without canonical bytes
    Hasher *element;        // of arrays and ranges
    TypeCacheEntry *range;  // of ranges and multiranges: of the range
    int16 length;           // of an element
    bool by_value;
    char alignment;
    struct EnumLabel {
        Oid value;
        uint64 hash;
        NameData name;
    };
    EnumLabel *labels;      // of enums: a cache by value
    uint64 labels_known;    // as of which change of labels
    Columns *columns;       // of records: those of the record before
    MemoryContext context;  // where all of this lives

    uint64 operator()(Datum value) { return hash(this, value); }
};

// An item always follows the state or the sketch.
constexpr int kItem = 1;

// What a call site remembers between rows, in fn_extra.
struct CallSite {
    Hasher *hasher;       // for argument kItem
    Parameter parameter;  // that of the row before
    CommonLimit limit;
    Kept kept;  // of argument 0, if that is a sketch
};

// ERROR if the equality of argument 1's type is one that hashes cannot follow: nondeterministic collations, types that
// compare text otherwise (citext), types without a hash function.
CallSite *make_call_site(FunctionCallInfo fcinfo);

inline CallSite &call_site(FunctionCallInfo fcinfo) {
    if (unlikely(fcinfo->flinfo->fn_extra == nullptr)) fcinfo->flinfo->fn_extra = make_call_site(fcinfo);
    return *static_cast<CallSite *>(fcinfo->flinfo->fn_extra);
}

// Hash of argument 1 as a value of the sketch's kind, as SQL's = would convert it: integers and decimals for a sketch
// of floats, a date for one of timestamps, a literal for most kinds. ERROR if there is no such conversion, in words
// that fit what the value is for.
enum class ProbeUse { kLookUp, kAdd };
uint64 probe_hash(FunctionCallInfo fcinfo, int kind, const char *sketch_type, ProbeUse use = ProbeUse::kLookUp);

// The same as an item.
void probe_item(FunctionCallInfo fcinfo, int kind, const char *sketch_type, ItemBytes *item,
                ProbeUse use = ProbeUse::kLookUp);

// What the text of a value may depend on, as it is kept: the same for all sessions until the caller leaves the nest
// level of settings that it has entered. With the path of schemas while text is made: then every name that needs its
// schema has it.
void fix_settings(bool with_path);

// ---- items as values again (value.cpp) ----------------------------------------

// A literal of numeric as its value.
inline Datum numeric_from(const char *text) {
    return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

// Whether untrusted bytes are an item of the kind.
bool is_item(int kind, const uint8 *bytes, size_t size);

// How to show items of a kind: as text, or as values of a type.
struct ItemReader {
    int kind;
    Oid natural;             // the type that items of the kind have by themselves
    Oid type, base_type;     // to be returned; InvalidOid if only text is
    int32 modifier;          // of a domain, as numeric(5, 2); -1 if none
    FmgrInfo output, input;  // of the natural type; of the base type, if items are kept as text
    Oid input_parameter;
    FmgrInfo coercion;      // of the base type to the modifier, if there is one
    Hasher *hasher;         // of the type to return
    void *domain;           // a cache of domain_check
    MemoryContext context;  // where all of this lives
};

// In the current memory context. ERROR if items of this kind are not values of the type. An invalid type asks for text.
void make_item_reader(ItemReader *reader, int kind, Oid type, const char *sketch_type);
// By the settings of the session. Numbers with more than 100 zeros beside their digits are short, as 1e131060 is.
char *item_text(ItemReader *reader, const uint8 *bytes, size_t size);
// The same for JSON: finite numbers, if they are not that short text, and booleans as such, else strings.
void item_json(ItemReader *reader, const uint8 *bytes, size_t size, JsonbValue *scalar);
// Whatever the settings of the session. ERROR if the type, or the modifier of a domain, would make another value of it.
Datum item_value(ItemReader *reader, const uint8 *bytes, size_t size);

[[noreturn]] void raise_different_kinds(const char *sketch_type, int kind, int other_kind);

// "number", "array of text", ...
const char *kind_name(int kind);

}  // namespace pg
