// Values that are made of others: JSON, arrays, ranges and records. Their hash is that of the sequence of their parts.
#include "kinds.hpp"

extern "C" {
#include "utils/arrayaccess.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
}

namespace pg {

// What is known of a record type, as its definition is now.
struct Columns {
    uint64 definition;      // of the type: a number that changes with every ALTER
    MemoryContext context;  // of all of this
    TupleDesc descriptor;
    Hasher **hashers;
    Datum *values;
    bool *nulls;
};

namespace {

// Hash of a sequence: of the hash of what came before, of what comes next, and of what it is.
uint64 chained(uint64 before, uint64 next, uint8 what) {
    ItemBytes bytes;
    begin(&bytes, before, next, what);
    return sketch_hash(bytes.bytes, bytes.size);
}

constexpr uint8 kPresent = 0, kNull = 1;

// A scalar of JSON: its content, and what it is.
uint64 hash_scalar(const JsonbValue &scalar) {
    switch (scalar.type) {
        case jbvString:
            return chained(sketch_hash(scalar.val.string.val, static_cast<size_t>(scalar.val.string.len)), 0, 1);
        case jbvNumeric: return chained(hash_of_numeric(reinterpret_cast<varlena *>(scalar.val.numeric)), 0, 2);
        case jbvBool: return chained(scalar.val.boolean, 0, 3);
        default: return chained(0, 0, 4);
    }
}

// Whether it is empty; then for each bound whether it is infinite, inclusive, and which.
uint64 hash_range_value(Hasher *hasher, const RangeType *range) {
    RangeBound bounds[2];
    bool is_empty;
    range_deserialize(hasher->range, range, &bounds[0], &bounds[1], &is_empty);
    uint64 hash = sketch_hash_word(is_empty);
    if (is_empty) return hash;
    for (const RangeBound &bound : bounds)
        hash = bound.infinite ? chained(hash, 0, kNull)
                              : chained(hash, (*hasher->element)(bound.val), bound.inclusive ? 2 : 3);
    return hash;
}

Columns *columns_of(Oid type, int32 modifier, uint64 definition, MemoryContext parent) {
    MemoryContext context = AllocSetContextCreate(parent, "sketch_ext record", ALLOCSET_SMALL_SIZES);
    MemoryContext previous = MemoryContextSwitchTo(context);
    Columns *columns = static_cast<Columns *>(palloc(sizeof(Columns)));
    columns->descriptor = lookup_rowtype_tupdesc_copy(type, modifier);
    size_t count = static_cast<size_t>(columns->descriptor->natts);
    columns->definition = definition;
    columns->context = context;
    columns->hashers = static_cast<Hasher **>(palloc0(count * sizeof(Hasher *)));
    columns->values = static_cast<Datum *>(palloc(count * sizeof(Datum)));
    columns->nulls = static_cast<bool *>(palloc(count * sizeof(bool)));
    MemoryContextSwitchTo(previous);
    for (size_t i = 0; i < count; i++) {
        Form_pg_attribute column = TupleDescAttr(columns->descriptor, i);
        if (!column->attisdropped) columns->hashers[i] = hasher_for(column->atttypid, column->attcollation, context);
    }
    return columns;
}

}  // namespace

// Every token in order; PostgreSQL keeps the keys of an object sorted and unique.
uint64 hash_jsonb(Hasher *, Datum value) {
    JsonbIterator *each = JsonbIteratorInit(&DatumGetJsonbP(value)->root);
    JsonbValue token;
    uint64 hash = sketch_hash_word(0);
    for (uint32 i = 0;; i++) {
        if (i % 1024 == 0) CHECK_FOR_INTERRUPTS();
        switch (JsonbIteratorNext(&each, &token, false)) {
            case WJB_DONE: return hash;
            case WJB_KEY: hash = chained(hash, hash_scalar(token), 1); break;
            case WJB_VALUE: hash = chained(hash, hash_scalar(token), 2); break;
            case WJB_ELEM: hash = chained(hash, hash_scalar(token), 3); break;
            case WJB_BEGIN_ARRAY: hash = chained(hash, token.val.array.rawScalar, 4); break;
            case WJB_END_ARRAY: hash = chained(hash, 0, 5); break;
            case WJB_BEGIN_OBJECT: hash = chained(hash, 0, 6); break;
            case WJB_END_OBJECT: hash = chained(hash, 0, 7); break;
        }
    }
}

uint64 hash_range(Hasher *hasher, Datum value) { return hash_range_value(hasher, DatumGetRangeTypeP(value)); }

uint64 hash_multirange(Hasher *hasher, Datum value) {
    int32 count;
    RangeType **ranges;
    multirange_deserialize(hasher->range, DatumGetMultirangeTypeP(value), &count, &ranges);
    uint64 hash = sketch_hash_word(0);
    for (int32 i = 0; i < count; i++) {
        if (i % 1024 == 0) CHECK_FOR_INTERRUPTS();
        hash = chained(hash, hash_range_value(hasher, ranges[i]), kPresent);
    }
    return hash;
}

// Dimensions and lower bounds, then the elements.
uint64 hash_array(Hasher *hasher, Datum value) {
    AnyArrayType *array = DatumGetAnyArrayP(value);
    int dimensions = AARR_NDIM(array), count = ArrayGetNItems(dimensions, AARR_DIMS(array));
    uint64 hash = sketch_hash_word(static_cast<uint64>(dimensions));
    for (int i = 0; i < dimensions; i++) {
        uint64 length = static_cast<uint32>(AARR_DIMS(array)[i]), lower = static_cast<uint32>(AARR_LBOUND(array)[i]);
        hash = chained(hash, length << 32 | lower, kPresent);
    }
    array_iter each;
    array_iter_setup(&each, array);
    for (int i = 0; i < count; i++) {
        if (i % 1024 == 0) CHECK_FOR_INTERRUPTS();
        bool is_null;
        Datum element = array_iter_next(&each, &is_null, i, hasher->length, hasher->by_value, hasher->alignment);
        hash = is_null ? chained(hash, 0, kNull) : chained(hash, (*hasher->element)(element), kPresent);
    }
    return hash;
}

// The columns in order, without the dropped ones.
uint64 hash_record(Hasher *hasher, Datum value) {
    check_stack_depth();
    HeapTupleHeader record = DatumGetHeapTupleHeader(value);
    Oid type = HeapTupleHeaderGetTypeId(record);
    int32 modifier = HeapTupleHeaderGetTypMod(record);
    uint64 definition = assign_record_type_identifier(type, modifier);
    Columns *columns = hasher->columns;
    if (unlikely(columns == nullptr || columns->definition != definition)) {
        hasher->columns = nullptr;
        if (columns != nullptr) MemoryContextDelete(columns->context);
        columns = hasher->columns = columns_of(type, modifier, definition, hasher->context);
    }
    HeapTupleData tuple = {};
    tuple.t_len = HeapTupleHeaderGetDatumLength(record);
    ItemPointerSetInvalid(&tuple.t_self);
    tuple.t_data = record;
    heap_deform_tuple(&tuple, columns->descriptor, columns->values, columns->nulls);
    uint64 hash = sketch_hash_word(0);
    for (int i = 0; i < columns->descriptor->natts; i++) {
        if (columns->hashers[i] == nullptr) continue;
        hash = columns->nulls[i] ? chained(hash, 0, kNull)
                                 : chained(hash, (*columns->hashers[i])(columns->values[i]), kPresent);
    }
    return hash;
}

}  // namespace pg
