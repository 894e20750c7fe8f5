// OpenTelemetry's ExportMetricsServiceRequest as JSON (OTLP specification, "JSON Protobuf Encoding"), and points in
// that form as sketches go out. 64-bit integers are strings or numbers: protobuf's JSON writes the former, some SDKs
// the latter.
#include "otlp.hpp"

namespace pg {

namespace {

constexpr const char *kMessage = "OTLP message";

// ---- reading members ----------------------------------------

const JsonbValue *member(const JsonbValue *object, const char *key) {
    return getKeyJsonValueFromContainer(object->val.binary.data, key, static_cast<int>(strlen(key)), nullptr);
}

bool is_null(const JsonbValue *value) { return value == nullptr || value->type == jbvNull; }

[[noreturn]] void raise_type(const char *key, const char *type) {
    raise_invalid(kMessage, psprintf("%s is not %s", key, type));
}

bool is_object(const JsonbValue *value) {
    return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data);
}

// A member that is an object, or null.
const JsonbValue *object_member(const JsonbValue *object, const char *key) {
    const JsonbValue *value = member(object, key);
    if (is_null(value)) return nullptr;
    if (!is_object(value)) raise_type(key, "an object");
    return value;
}

// Calls visit(element) for the elements of a member that is an array, or is lacking.
template <typename Visit>
void each_element(const JsonbValue *object, const char *key, Visit visit) {
    const JsonbValue *array = member(object, key);
    if (is_null(array)) return;
    if (array->type != jbvBinary || !JsonContainerIsArray(array->val.binary.data) ||
        JsonContainerIsScalar(array->val.binary.data))
        raise_type(key, "an array");
    JsonbIterator *each = JsonbIteratorInit(array->val.binary.data);
    JsonbValue element;
    for (JsonbIteratorToken token; (token = JsonbIteratorNext(&each, &element, true)) != WJB_DONE;) {
        CHECK_FOR_INTERRUPTS();
        if (token == WJB_ELEM) visit(&element);
    }
}
template <typename Visit>
void each_object(const JsonbValue *object, const char *key, Visit visit) {
    each_element(object, key, [=](const JsonbValue *element) {
        if (!is_object(element)) raise_type(key, "an array of objects");
        visit(element);
    });
}

uint32 array_size(const JsonbValue *object, const char *key) {
    uint32 size = 0;
    each_element(object, key, [&](const JsonbValue *) { size++; });
    return size;
}

// Digits of a string, or of a number.
const char *digits_of(const JsonbValue *value, const char *key) {
    if (value->type == jbvString) return pnstrdup(value->val.string.val, static_cast<Size>(value->val.string.len));
    if (value->type == jbvNumeric)
        return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
    raise_type(key, "an integer");
}

struct Integer {
    bool is_negative;
    uint64 magnitude;
};
Integer integer_from(const JsonbValue *value, const char *key) {
    const char *text = digits_of(value, key);
    Integer result = {*text == '-', 0};
    const char *at = text + result.is_negative;
    bool valid = *at != '\0';
    for (; valid && *at >= '0' && *at <= '9'; at++) {
        const uint64 digit = static_cast<uint64>(*at - '0');
        valid = result.magnitude <= (PG_UINT64_MAX - digit) / 10;
        result.magnitude = result.magnitude * 10 + digit;
    }
    if (valid && *at == '.')  // of a number without a fraction
        while (*++at == '0') {
        }
    if (!valid || *at != '\0') raise_type(key, "an integer of up to 64 bits");
    return result;
}

uint64 unsigned_from(const JsonbValue *value, const char *key) {
    if (is_null(value)) return 0;
    const Integer x = integer_from(value, key);
    if (x.is_negative && x.magnitude > 0) raise_invalid(kMessage, psprintf("%s is negative", key));
    return x.magnitude;
}
uint64 unsigned_member(const JsonbValue *object, const char *key) { return unsigned_from(member(object, key), key); }

int32 int32_member(const JsonbValue *object, const char *key) {
    const JsonbValue *value = member(object, key);
    if (is_null(value)) return 0;
    const Integer x = integer_from(value, key);
    if (x.magnitude > static_cast<uint64>(PG_INT32_MAX) + x.is_negative) raise_type(key, "an integer of up to 32 bits");
    const int64 magnitude = static_cast<int64>(x.magnitude);
    return static_cast<int32>(x.is_negative ? -magnitude : magnitude);
}

// False if it is lacking.
bool double_member(const JsonbValue *object, const char *key, double *x) {
    const JsonbValue *value = member(object, key);
    if (is_null(value)) return false;
    // Of a string what JSON lacks, or a number.
    const char *text = digits_of(value, key);
    char *end = nullptr;
    const bool is_special = strcmp(text, "NaN") == 0 || strcmp(text, "Infinity") == 0 || strcmp(text, "-Infinity") == 0;
    const bool is_number = *text != '\0' && strspn(text, "0123456789+-.eE") == strlen(text);
    *x = strtod(text, &end);
    if (!is_special && (!is_number || *end != '\0' || isinf(*x))) raise_type(key, "a number of double precision");
    return true;
}

Datum text_member(const JsonbValue *object, const char *key) {
    const JsonbValue *value = member(object, key);
    if (is_null(value)) return CStringGetTextDatum("");
    if (value->type != jbvString) raise_type(key, "a string");
    return PointerGetDatum(cstring_to_text_with_len(value->val.string.val, value->val.string.len));
}

// ---- attributes ----------------------------------------

void push_value(JsonbObject &out, JsonbIteratorToken token, const JsonbValue *any);

void push_pairs(JsonbObject &out, const JsonbValue *object, const char *key) {
    each_object(object, key, [&](const JsonbValue *pair) {
        const JsonbValue *name = member(pair, "key");
        if (is_null(name) || name->type != jbvString) raise_type("key", "a string");
        out.key({name->val.string.val, name->val.string.len});
        push_value(out, WJB_VALUE, object_member(pair, "value"));
    });
}

void push_value(JsonbObject &out, JsonbIteratorToken token, const JsonbValue *any) {
    check_stack_depth();
    const JsonbValue *value;
    double x;
    if (any == nullptr) return out.push_null(token);
    if (!is_null(value = member(any, "intValue"))) {
        const Integer i = integer_from(value, "intValue");
        if (i.magnitude > static_cast<uint64>(PG_INT64_MAX) + i.is_negative)
            raise_type("intValue", "an integer of 64 bits");
        const int64 number = static_cast<int64>(i.is_negative ? 0 - i.magnitude : i.magnitude);
        return out.push_numeric(token, NumericGetDatum(int64_to_numeric(number)));
    }
    if (double_member(any, "doubleValue", &x)) return out.push_double(token, x);
    if ((value = object_member(any, "arrayValue")) != nullptr) {
        out.push(WJB_BEGIN_ARRAY, nullptr);
        each_object(value, "values", [&](const JsonbValue *element) { push_value(out, WJB_ELEM, element); });
        return out.push(WJB_END_ARRAY, nullptr);
    }
    if ((value = object_member(any, "kvlistValue")) != nullptr) {
        out.push(WJB_BEGIN_OBJECT, nullptr);
        push_pairs(out, value, "values");
        return out.push(WJB_END_OBJECT, nullptr);
    }
    if (!is_null(value = member(any, "boolValue"))) {
        if (value->type != jbvBool) raise_type("boolValue", "a boolean");
        return out.push_bool(token, value->val.boolean);
    }
    static const char *const kStrings[] = {"stringValue", "bytesValue"};
    for (const char *key : kStrings) {
        if (is_null(value = member(any, key))) continue;
        if (value->type != jbvString) raise_type(key, "a string");
        return out.push_string(token, {value->val.string.val, value->val.string.len});
    }
    out.push_null(token);
}

Datum attributes_from(const JsonbValue *object) {
    JsonbObject out;
    if (object != nullptr) push_pairs(out, object, "attributes");
    return out.end();
}

// ---- points ----------------------------------------

sketch_bucket_range buckets_from(const JsonbValue *point, const char *key) {
    const JsonbValue *range = object_member(point, key);
    if (range == nullptr) return {};
    uint64 *counts = static_cast<uint64 *>(palloc(sizeof(uint64) * Max(array_size(range, "bucketCounts"), 1u)));
    size_t size = 0;
    each_element(range, "bucketCounts",
                 [&](const JsonbValue *count) { counts[size++] = unsigned_from(count, "bucketCounts"); });
    return {int32_member(range, "offset"), {reinterpret_cast<const uint8 *>(counts), sizeof(uint64) * size}};
}

sketch_exponential histogram_from(const JsonbValue *point) {
    sketch_exponential h = {};
    h.encoding = SKETCH_BUCKETS_PLAIN;
    h.scale = int32_member(point, "scale");
    h.count = unsigned_member(point, "count");
    h.zero_count = unsigned_member(point, "zeroCount");
    (void)double_member(point, "zeroThreshold", &h.zero_threshold);
    h.has_sum = double_member(point, "sum", &h.sum);
    const bool has_minimum = double_member(point, "min", &h.minimum),
               has_maximum = double_member(point, "max", &h.maximum);
    h.has_extremes = has_minimum && has_maximum;
    h.positive = buckets_from(point, "positive");
    h.negative = buckets_from(point, "negative");
    return h;
}

bool has_value(const JsonbValue *point) { return (unsigned_member(point, "flags") & 1) == 0; }

int temporality_from(const JsonbValue *histogram) {
    const JsonbValue *value = member(histogram, "aggregationTemporality");
    if (is_null(value)) return 0;
    if (value->type == jbvNumeric) return int32_member(histogram, "aggregationTemporality");
    if (value->type != jbvString) raise_type("aggregationTemporality", "a number or a name");
    const auto is = [=](const char *name) {
        return static_cast<size_t>(value->val.string.len) == strlen(name) &&
               memcmp(value->val.string.val, name, strlen(name)) == 0;
    };
    return is("AGGREGATION_TEMPORALITY_DELTA") ? 1 : is("AGGREGATION_TEMPORALITY_CUMULATIVE") ? 2 : 0;
}

// Where a point stands in a request.
struct PointSite {
    const JsonbValue *resource, *metric, *histogram, *point;
};

struct Cursor {
    PointSite *sites;
    uint32 count, next;
    uint64 skipped;
    Repeated repeated;
    SharedAttributes resource;
};

JsonbValue root_of(Jsonb *json) {
    if (!JB_ROOT_IS_OBJECT(json)) raise_invalid(kMessage, "it is not an object");
    JsonbValue root;
    root.type = jbvBinary;
    root.val.binary.data = &json->root;
    root.val.binary.len = static_cast<int>(VARSIZE(json) - VARHDRSZ);
    return root;
}

const JsonbValue *kept(const JsonbValue *value) {
    return static_cast<const JsonbValue *>(memcpy(palloc(sizeof *value), value, sizeof *value));
}

void add_metric(Cursor *cursor, uint32 *capacity, const JsonbValue *resource, const JsonbValue *metric) {
    static const char *const kOthers[] = {"gauge", "sum", "histogram", "summary"};
    for (const char *kind : kOthers)
        if (const JsonbValue *data = object_member(metric, kind)) cursor->skipped += array_size(data, "dataPoints");
    const JsonbValue *histogram = object_member(metric, "exponentialHistogram");
    if (histogram == nullptr) return;
    metric = kept(metric);
    each_object(histogram, "dataPoints", [&](const JsonbValue *point) {
        if (!has_value(point)) {
            cursor->skipped++;
            return;
        }
        if (cursor->count == *capacity) {
            *capacity *= 2;
            cursor->sites = static_cast<PointSite *>(repalloc_huge(cursor->sites, sizeof(PointSite) * *capacity));
        }
        cursor->sites[cursor->count++] = {resource, metric, histogram, kept(point)};
    });
}

Cursor *sites_of(Jsonb *request) {
    const JsonbValue root = root_of(request);
    uint32 capacity = 16;
    Cursor *cursor = static_cast<Cursor *>(palloc0(sizeof(Cursor)));
    cursor->sites = static_cast<PointSite *>(palloc(sizeof(PointSite) * capacity));
    cursor->repeated = Repeated(VARSIZE(request));
    cursor->resource.context = CurrentMemoryContext;
    each_object(&root, "resourceMetrics", [&](const JsonbValue *metrics) {
        const JsonbValue *resource = object_member(metrics, "resource");
        each_object(metrics, "scopeMetrics", [&](const JsonbValue *scope) {
            each_object(scope, "metrics",
                        [&](const JsonbValue *metric) { add_metric(cursor, &capacity, resource, metric); });
        });
    });
    return cursor;
}

}  // namespace

}  // namespace pg

PG_FN(otlp_points) {
    using namespace pg;
    return return_until<Cursor>(
        fcinfo, [=] { return sites_of(PG_GETARG_JSONB_P(0)); },
        [](Cursor *cursor, Datum *columns, bool *nulls) {
            if (cursor->next == cursor->count) {
                notice_skipped(cursor->skipped);
                return false;
            }
            const PointSite &site = cursor->sites[cursor->next++];
            const Datum resource = cursor->resource.of(site.resource, [&] { return attributes_from(site.resource); });
            const Datum metric = text_member(site.metric, "name"), unit = text_member(site.metric, "unit");
            set_columns({resource, metric, unit, attributes_from(site.point),
                         unsigned_member(site.point, "startTimeUnixNano"), unsigned_member(site.point, "timeUnixNano"),
                         temporality_from(site.histogram), histogram_from(site.point)},
                        cursor->repeated, columns, nulls);
            return true;
        });
}

PG_FN(quantile_sketch_from_otlp) {
    using namespace pg;
    const JsonbValue point = root_of(PG_GETARG_JSONB_P(0));
    if (!has_value(&point)) PG_RETURN_NULL();
    return sketch_from_histogram(histogram_from(&point));
}
