// quantile_sketch as an exponential histogram of OpenTelemetry or Prometheus.
#include "../reading.hpp"
#include "interop.hpp"

namespace pg {

namespace {

// The buckets of one side, from the lowest index on.
struct Side {
    int32 *index;
    uint64 *count;
    size_t size;

    int64 width() const { return size == 0 ? 0 : int64{index[size - 1]} - index[0] + 1; }

    // Bucket i of scale s is bucket i >> 1 of scale s - 1.
    void halve() {
        size_t kept = 0;
        for (size_t i = 0; i < size; i++) {
            const int32 coarser = index[i] >> 1;
            const uint64 rows = count[i];
            if (kept > 0 && index[kept - 1] == coarser) count[kept - 1] += rows;
            else {
                index[kept] = coarser;
                count[kept++] = rows;
            }
        }
        size = kept;
    }
};

// A sketch taken apart.
struct Parts {
    sketch_quantile_info info;
    Side negative, positive;
    int scale;

    void halve() {
        negative.halve();
        positive.halve();
        scale--;
    }
};

Side new_side(uint32 buckets) {
    return {static_cast<int32 *>(palloc(sizeof(int32) * Max(buckets, 1))),
            static_cast<uint64 *>(palloc(sizeof(uint64) * Max(buckets, 1))), 0};
}

Parts parts_of(const sketch_quantile *s) {
    Parts parts = {};
    check(sketch_quantile_describe(s, &parts.info), Quantile::type);
    parts.scale = parts.info.scale;
    parts.negative = new_side(parts.info.negative_buckets);
    parts.positive = new_side(parts.info.positive_buckets);
    const Listing list = buckets_of(s);
    for (size_t i = 0; i < list.count; i++) {
        const sketch_quantile_bucket &bucket = list.buckets[i];
        const bool has_index =
            isfinite(bucket.lower) && isfinite(bucket.upper) && (bucket.lower != 0 || bucket.upper != 0);
        if (!has_index) continue;
        // In value order: those of negative numbers from the highest index down.
        Side &side = bucket.upper < 0 ? parts.negative : parts.positive;
        const size_t at = bucket.upper < 0 ? parts.info.negative_buckets - 1 - side.size : side.size;
        side.index[at] = bucket.index;
        side.count[at] = bucket.count;
        side.size++;
    }
    return parts;
}

double sum_of(const sketch_quantile *s) {
    double sum = 0;
    uint64 rows = 0;
    check(sketch_quantile_sum(s, &sum, &rows), Quantile::type);
    return sum;
}

// ---- OpenTelemetry ----------------------------------------

constexpr int32 kMinBuckets = 4, kMaxBuckets = 131072;  // of a side: at the least scale all doubles take three

void append_side(StringInfo out, const char *name, const Side &side) {
    appendStringInfo(out, ", \"%s\": {\"offset\": %d, \"bucketCounts\": [", name, side.size > 0 ? side.index[0] : 0);
    size_t at = 0;
    for (int64 i = 0; i < side.width(); i++) {
        if (i % 65536 == 65535) CHECK_FOR_INTERRUPTS();
        const bool has_rows = side.index[at] == side.index[0] + i;
        appendStringInfo(out, "%s\"" UINT64_FORMAT "\"", i > 0 ? ", " : "", has_rows ? side.count[at] : uint64{0});
        at += has_rows;
    }
    appendStringInfoString(out, "]}");
}

// ---- Prometheus: messages of client_model ----------------------------------------

void put_varint(StringInfo out, uint64 value) {
    for (; value >= 0x80; value >>= 7) appendStringInfoCharMacro(out, static_cast<char>(value | 0x80));
    appendStringInfoCharMacro(out, static_cast<char>(value));
}
void put_tag(StringInfo out, uint32 number, sketch_wire_type wire_type) {
    put_varint(out, field_tag(number, wire_type));
}
void put_count(StringInfo out, uint32 number, uint64 value) {
    put_tag(out, number, SKETCH_WIRE_VARINT);
    put_varint(out, value);
}
void put_signed(StringInfo out, uint32 number, int64 value) {
    put_count(out, number, static_cast<uint64>(value) << 1 ^ (value < 0 ? PG_UINT64_MAX : 0));
}
void put_double(StringInfo out, uint32 number, double value) {
    uint64 bits;
    memcpy(&bits, &value, sizeof bits);
    put_tag(out, number, SKETCH_WIRE_FIXED64);
    for (int shift = 0; shift < 64; shift += 8) appendStringInfoCharMacro(out, static_cast<char>(bits >> shift));
}
void put_bytes(StringInfo out, uint32 number, const char *bytes, size_t size) {
    put_tag(out, number, SKETCH_WIRE_BYTES);
    put_varint(out, size);
    appendBinaryStringInfo(out, bytes, static_cast<int>(size));
}
void put_text(StringInfo out, uint32 number, const char *text, int size) {
    const char *utf8 = pg_server_to_any(text, size, PG_UTF8);
    put_bytes(out, number, utf8, utf8 == text ? static_cast<size_t>(size) : strlen(utf8));
}

void put_span(StringInfo out, uint32 number, int64 offset, uint32 length) {
    StringInfoData span;
    initStringInfo(&span);
    put_signed(&span, 1, offset);
    put_count(&span, 2, length);
    put_bytes(out, number, span.data, static_cast<size_t>(span.len));
    pfree(span.data);
}

// Runs of successive buckets, and by how much each count differs from the one before. Prometheus' index is larger by 1.
void put_side(StringInfo out, uint32 span_number, uint32 delta_number, const Side &side) {
    int64 end = -1;  // of the last run
    for (size_t i = 0; i < side.size;) {
        size_t next = i + 1;
        while (next < side.size && side.index[next] == side.index[next - 1] + 1) next++;
        put_span(out, span_number, side.index[i] - end, static_cast<uint32>(next - i));
        end = int64{side.index[next - 1]} + 1;
        i = next;
    }
    uint64 last = 0;
    for (size_t i = 0; i < side.size; i++) {
        put_signed(out, delta_number, static_cast<int64>(side.count[i] - last));
        last = side.count[i];
    }
}

// Infinities are in a bucket behind that of the largest double.
void append_infinities(Side &side, uint64 rows, int scale) {
    if (rows == 0) return;
    side.index = static_cast<int32 *>(repalloc(side.index, sizeof(int32) * (side.size + 1)));
    side.count = static_cast<uint64 *>(repalloc(side.count, sizeof(uint64) * (side.size + 1)));
    side.index[side.size] = scale >= 0 ? 1024 << scale : 1024 >> -scale;
    side.count[side.size++] = rows;
}

// Scalars are labels as their text, nulls are none; the metric's name, which an import has among the labels, is told by
// itself.
void put_labels(StringInfo out, Jsonb *labels) {
    check_argument(JB_ROOT_IS_OBJECT(labels), "labels must be a JSON object of scalars");
    JsonbIterator *each = JsonbIteratorInit(&labels->root);
    JsonbValue key, value;
    (void)JsonbIteratorNext(&each, &key, true);
    while (JsonbIteratorNext(&each, &key, true) == WJB_KEY) {
        (void)JsonbIteratorNext(&each, &value, true);
        check_argument(value.type != jbvBinary, "labels must be a JSON object of scalars");
        const bool is_name = key.val.string.len == 8 && memcmp(key.val.string.val, "__name__", 8) == 0;
        if (value.type == jbvNull || is_name) continue;
        StringInfoData label;
        initStringInfo(&label);
        put_text(&label, 1, key.val.string.val, key.val.string.len);
        if (value.type == jbvString) {
            put_text(&label, 2, value.val.string.val, value.val.string.len);
        } else {
            const char *text =
                value.type == jbvBool
                    ? value.val.boolean ? "true" : "false"
                    : DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value.val.numeric)));
            put_text(&label, 2, text, static_cast<int>(strlen(text)));
        }
        put_bytes(out, 1, label.data, static_cast<size_t>(label.len));
        pfree(label.data);
    }
}

}  // namespace

}  // namespace pg

// What an exponential histogram of OpenTelemetry can say: finite rows. A sum of them is known only if all are.
PG_FN(quantile_sketch_to_otlp) {
    using namespace pg;
    const int32 max_buckets = PG_GETARG_INT32(1);
    if (max_buckets < kMinBuckets || max_buckets > kMaxBuckets)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("max_buckets must be between %d and %d", kMinBuckets, kMaxBuckets));
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    Parts parts = parts_of(s);
    while (parts.negative.width() > max_buckets || parts.positive.width() > max_buckets) parts.halve();
    const sketch_quantile_info &info = parts.info;
    const uint64 special = info.negative_infinities + info.positive_infinities + info.nans;
    const uint64 finite = info.total - special;
    StringInfoData out;
    initStringInfo(&out);
    appendStringInfo(&out, "{\"count\": \"" UINT64_FORMAT "\", \"scale\": %d, \"zeroCount\": \"" UINT64_FORMAT "\"",
                     finite, parts.scale, info.zeros);
    const double sum = finite > 0 && special == 0 ? sum_of(s) : get_float8_nan();
    if (isfinite(sum)) append_json_number(&out, "sum", sum);
    if (finite > 0 && info.extremes_known) {
        append_json_number(&out, "min", info.finite_minimum);
        append_json_number(&out, "max", info.finite_maximum);
    }
    append_side(&out, "positive", parts.positive);
    append_side(&out, "negative", parts.negative);
    appendStringInfoChar(&out, '}');
    return jsonb_from(&out);
}

PG_FN(quantile_sketch_to_prometheus) {
    using namespace pg;
    constexpr int kMinSchema = -4, kMaxSchema = 8;
    if (PG_ARGISNULL(0) || PG_ARGISNULL(2)) PG_RETURN_NULL();
    Scratch scratch;
    const sketch_quantile *s = argument<Quantile>(fcinfo, 0, scratch);
    Parts parts = parts_of(s);
    const sketch_quantile_info &info = parts.info;
    if (parts.scale < kMinSchema)
        ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                errmsg("%s is too coarse for a Prometheus histogram", Quantile::type),
                errdetail("Its scale is %d, and schemas are between %d and %d.", parts.scale, kMinSchema, kMaxSchema));
    while (parts.scale > kMaxSchema) parts.halve();
    append_infinities(parts.negative, info.negative_infinities, parts.scale);
    append_infinities(parts.positive, info.positive_infinities, parts.scale);
    // Rows in no bucket are NaN, and so is their sum: Prometheus refuses the histogram otherwise.
    double sum = 0;
    if (info.nans > 0) sum = get_float8_nan();
    else if (info.total > 0) sum = PG_ARGISNULL(1) ? sum_of(s) : PG_GETARG_FLOAT8(1);

    StringInfoData histogram, metric, family;
    initStringInfo(&histogram);
    put_count(&histogram, 1, info.total);
    put_double(&histogram, 2, sum);
    put_signed(&histogram, 5, parts.scale);
    put_double(&histogram, 6, 0);
    put_count(&histogram, 7, info.zeros);
    put_side(&histogram, 9, 10, parts.negative);
    put_side(&histogram, 12, 13, parts.positive);
    if (parts.negative.size + parts.positive.size == 0) put_span(&histogram, 12, 0, 0);  // that it is a native one

    initStringInfo(&metric);
    if (!PG_ARGISNULL(3)) put_labels(&metric, PG_GETARG_JSONB_P(3));
    put_bytes(&metric, 7, histogram.data, static_cast<size_t>(histogram.len));

    const text *name = PG_GETARG_TEXT_PP(2);
    constexpr uint64 kHistogram = 4;
    initStringInfo(&family);
    put_text(&family, 1, VARDATA_ANY(name), static_cast<int>(VARSIZE_ANY_EXHDR(name)));
    put_count(&family, 3, kHistogram);
    put_bytes(&family, 4, metric.data, static_cast<size_t>(metric.len));
    PG_RETURN_POINTER(varlena_from(family.data, static_cast<size_t>(family.len)));
}

// What came to a cumulative histogram since the older one; all of the newer one if its producer began anew in between.
PG_FN(quantile_counter_delta) {
    using namespace pg;
    const bool has_times = PG_NARGS() == 4;
    const int older = has_times ? 2 : 1;
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    bool began_anew = PG_ARGISNULL(older);
    if (has_times && !PG_ARGISNULL(1) && !PG_ARGISNULL(3))  // else the counts have to tell
        began_anew = began_anew || PG_GETARG_TIMESTAMPTZ(1) != PG_GETARG_TIMESTAMPTZ(3);
    if (began_anew) return stored<Quantile>(fcinfo, 0);
    varlena *result;
    const sketch_status status = subtracted(PG_GETARG_DATUM(0), PG_GETARG_DATUM(older), &result);
    if (status == SKETCH_BELOW_ZERO) return stored<Quantile>(fcinfo, 0);
    check(status, Quantile::type);
    PG_RETURN_POINTER(result);
}
