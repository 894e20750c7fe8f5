/*
 * Sketches of items that a program makes of values, with nothing but the installed header and library: test/abi/items.sql
 * compares them with those that PostgreSQL makes of the same values.
 *
 * Standard input has a value a line: the type, a tab, and what the type's send function gives, in hexadecimal (of numeric
 * its text), or the type with ":text" behind it, a tab, and the value as text. Lines of one type are together. Standard output has four lines a type: the type, a tab, the family, a tab,
 * the packed sketch in hexadecimal.
 */
#include <sketch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(sketch_status status, const char *what) {
    if (status == SKETCH_OK) return;
    fprintf(stderr, "%s: %s\n", what, sketch_status_message(status));
    exit(1);
}

static uint64_t big_endian(const uint8_t *bytes, size_t size) {
    uint64_t value = 0;
    size_t i;
    for (i = 0; i < size; i++) value = value << 8 | bytes[i];
    return value;
}
static int64_t int64_at(const uint8_t *bytes) { return (int64_t)big_endian(bytes, 8); }
static int32_t int32_at(const uint8_t *bytes) { return (int32_t)big_endian(bytes, 4); }
static double double_at(const uint8_t *bytes) {
    const uint64_t bits = big_endian(bytes, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* An item from text, which printed is this text again. */
static void parse_item(const char *type, const char *text, size_t size, void *scratch, sketch_item *item) {
    static char printed[2000000];
    size_t printed_size;
    const int kind = strcmp(type, "mood") == 0 ? SKETCH_KIND_ENUM : sketch_kind_of_type(type);
    must(sketch_item_parse(kind, text, size, scratch, size, item), type);
    must(sketch_item_print(item->kind, item->bytes, item->size, printed, sizeof printed, &printed_size), type);
    if (printed_size != size || memcmp(printed, text, size) != 0)
        printf("%s:text\t%.*s is printed as %.*s\n", type, (int)size, text, (int)printed_size, printed);
}

static void make_item(const char *type, const uint8_t *bytes, size_t size, void *scratch, sketch_item *item) {
    sketch_status status = SKETCH_OK;
    if (strcmp(type, "int2") == 0) sketch_item_int64((int16_t)big_endian(bytes, 2), item);
    else if (strcmp(type, "int4") == 0) sketch_item_int64(int32_at(bytes), item);
    else if (strcmp(type, "int8") == 0) sketch_item_int64(int64_at(bytes), item);
    else if (strcmp(type, "numeric") == 0)
        status = sketch_item_decimal((const char *)bytes, size, scratch, size, item);
    else if (strcmp(type, "float8") == 0 || strcmp(type, "float4") == 0) sketch_item_double(double_at(bytes), item);
    else if (strcmp(type, "text") == 0) sketch_item_text((const char *)bytes, size, item);
    else if (strcmp(type, "bytea") == 0) sketch_item_bytes(bytes, size, item);
    else if (strcmp(type, "mood") == 0) sketch_item_label((const char *)bytes, size, item);
    else if (strcmp(type, "bool") == 0) sketch_item_bool(bytes[0], item);
    else if (strcmp(type, "uuid") == 0) sketch_item_uuid(bytes, item);
    else if (strcmp(type, "timestamptz") == 0) status = sketch_item_timestamptz(int64_at(bytes), item);
    else if (strcmp(type, "timestamp") == 0) status = sketch_item_timestamp(int64_at(bytes), item);
    else if (strcmp(type, "date") == 0) status = sketch_item_date(int32_at(bytes), item);
    else if (strcmp(type, "time") == 0) status = sketch_item_time(int64_at(bytes), item);
    else if (strcmp(type, "interval") == 0)
        sketch_item_interval(int32_at(bytes + 12), int32_at(bytes + 8), int64_at(bytes), item);
    else if (strcmp(type, "inet") == 0) /* family, prefix, whether it is a cidr, size, address */
        status = sketch_item_inet(bytes + 4, bytes[3], bytes[1], item);
    else must(SKETCH_WRONG_KIND, type);
    must(status, type);
}

typedef struct state {
    void *bytes;
    size_t size;
} state;

typedef void move_function(void *, const void *, size_t, const sketch_growth *);
static void grow(state *s, move_function *move, const sketch_growth *growth) {
    void *larger = malloc(growth->size);
    move(larger, s->bytes, s->size, growth);
    free(s->bytes);
    s->bytes = larger;
    s->size = growth->size;
}

/* A new state, adding the item to it, and printing it, of each family. */
static state distinct, frequency, topk, membership;

static void begin(void) {
    distinct.bytes = malloc(distinct.size = sketch_distinct_init_size());
    must(sketch_distinct_init(distinct.bytes, distinct.size, SKETCH_KIND_NONE, 12), "init");
    frequency.bytes = malloc(frequency.size = sketch_frequency_init_size());
    must(sketch_frequency_init(frequency.bytes, frequency.size, SKETCH_KIND_NONE, 12), "init");
    topk.bytes = malloc(topk.size = sketch_topk_init_size());
    must(sketch_topk_init(topk.bytes, topk.size, SKETCH_KIND_NONE, 1000), "init");
    membership.bytes = malloc(membership.size = sketch_membership_init_size());
    must(sketch_membership_init(membership.bytes, membership.size, SKETCH_KIND_NONE, 8, 1000), "init");
}

#define ADD(family, ...)                                                                                     \
    do {                                                                                                     \
        sketch_status s;                                                                                     \
        sketch_growth g;                                                                                     \
        while ((s = sketch_##family##_add(family.bytes, family.size, item->kind, __VA_ARGS__, &g)) == SKETCH_GROW) \
            grow(&family, sketch_##family##_move, &g);                                                       \
        must(s, #family);                                                                                    \
    } while (0)

static void add(const sketch_item *item) {
    ADD(distinct, item->hash);
    ADD(frequency, item->hash, 1);
    ADD(topk, item->bytes, item->size, 1);
    ADD(membership, item->hash);
}

static void print(const char *type, const char *family, const uint8_t *bytes, size_t size) {
    size_t i;
    printf("%s\t%s\t", type, family);
    for (i = 0; i < size; i++) printf("%02x", bytes[i]);
    printf("\n");
}

#define PRINT(family, ...)                                                                                         \
    do {                                                                                                           \
        size_t size = sketch_##family##_open_size(family.bytes, family.size, SKETCH_WORK), capacity;               \
        void *opened = malloc(size), *scratch = NULL;                                                              \
        uint8_t *out;                                                                                              \
        sketch_##family *sketch;                                                                                   \
        must(sketch_##family##_open(family.bytes, family.size, SKETCH_WORK, opened, size, &sketch), #family);      \
        out = malloc(capacity = sketch_##family##_packed_bound(sketch));                                           \
        must(sketch_##family##_pack(sketch, __VA_ARGS__ out, capacity, &size), #family);                           \
        print(type, #family, out, size);                                                                           \
        free(opened);                                                                                              \
        free(scratch);                                                                                             \
        free(out);                                                                                                 \
        free(family.bytes);                                                                                        \
    } while (0)

static void end(const char *type) {
    PRINT(distinct, );
    PRINT(frequency, );
    PRINT(topk, scratch = malloc(sketch_topk_pack_size(sketch)), sketch_topk_pack_size(sketch), );
    PRINT(membership, );
}

int main(void) {
    static char line[400000], type[20], before[20];
    static uint8_t bytes[sizeof line], scratch[sizeof line];
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *text = strchr(line, '\t');
        size_t size, i;
        int is_text;
        sketch_item item;
        if (text == NULL || (size_t)(text - line) >= sizeof type) return 1;
        memset(type, 0, sizeof type);
        memcpy(type, line, (size_t)(text++ - line));
        size = strcspn(text, "\n");
        is_text = strstr(type, ":text") != NULL;
        if (is_text || strcmp(type, "numeric") == 0) {
            memcpy(bytes, text, size);
        } else {
            size /= 2;
            for (i = 0; i < size; i++) {
                unsigned byte;
                if (sscanf(text + 2 * i, "%2x", &byte) != 1) return 1;
                bytes[i] = (uint8_t)byte;
            }
        }
        if (strcmp(type, before) != 0) {
            if (before[0] != '\0') end(before);
            begin();
            memcpy(before, type, sizeof type);
        }
        if (is_text) {
            char name[sizeof type] = "";
            memcpy(name, type, strcspn(type, ":"));
            parse_item(name, (const char *)bytes, size, scratch, &item);
        } else {
            make_item(type, bytes, size, scratch, &item);
        }
        add(&item);
    }
    if (before[0] != '\0') end(before);
    return 0;
}
