// What this layer sees of PostgreSQL: its headers, and the rules of this layer.
//
// ereport leaves by longjmp, which runs no destructors. So at any place that can raise an error no C++ object with a
// destructor may be alive: this layer is compiled without exceptions and RTTI, and uses trivially destructible locals
// only. The sketch library below is called through its C ABI, which neither raises, throws nor allocates.
#pragma once

extern "C" {
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#endif
}

#include "../sketch_postgres.h"

// What the server looks up by name is all that the module exports; calls between its files are direct ones.
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

// A function that SQL can call: its version-1 record and the head of its definition.
#define PG_FN(name)            \
    extern "C" {               \
    PG_FUNCTION_INFO_V1(name); \
    }                          \
    extern "C" PGDLLEXPORT Datum name([[maybe_unused]] PG_FUNCTION_ARGS)

// Input functions can report soft errors from PostgreSQL 16 on.
#if PG_VERSION_NUM < 160000
#define ereturn(context, result, ...) \
    do {                              \
        (void)(context);              \
        ereport(ERROR, __VA_ARGS__);  \
        return result;                \
    } while (0)
#endif

namespace pg {

// Whether an aggregate or a window calls: then the executor holds the only pointer to the first argument. That is what
// AggCheckCallContext tells too, in 14 instructions more; a whole row of distinct_agg or quantile_agg takes 500 to 600,
// the scan included.
inline bool in_aggregate(FunctionCallInfo fcinfo) {
    return fcinfo->context != nullptr && (IsA(fcinfo->context, AggState) || IsA(fcinfo->context, WindowAggState));
}

// Raises the error for a status that is not SKETCH_OK, naming the type.
[[noreturn]] inline void raise(sketch_status status, const char *type) {
    switch (status) {
        case SKETCH_OVERFLOW:
            ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("total count of %s out of range", type));
            break;
        case SKETCH_BELOW_ZERO:
            ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("cannot subtract from %s", type),
                    errdetail("The subtracted sketch has rows that the other one lacks."),
                    errhint("Subtract only sketches of rows that were added."));
            break;
        case SKETCH_WRONG_KIND:
            ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("cannot mix values of different kinds in %s", type));
            break;
        case SKETCH_TOO_LARGE:
            ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%s would take too much memory", type),
                    errdetail("Its items may take %zu MB, and no more than their stored bytes justify.",
                              SKETCH_TOPK_MAX_BYTES >> 20));
            break;
        case SKETCH_BAD_ITEM:
            ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("value too long for type %s", type),
                    errdetail("Values of up to %d bytes are kept.", SKETCH_TOPK_MAX_ITEM),
                    errhint("Shorten the values, as in left(x, 1000)."));
            break;
        case SKETCH_TRUNCATED:
        case SKETCH_WRONG_VERSION:
        case SKETCH_WRONG_FAMILY:
        case SKETCH_CORRUPT:
        case SKETCH_TRAILING:
            ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
                    errmsg("invalid binary representation of type %s", type),
                    errdetail("%s", sketch_status_message(status)));
            break;
        default: elog(ERROR, "%s: %s", type, sketch_status_message(status));
    }
    pg_unreachable();
}

inline void check(sketch_status status, const char *type) {
    if (status != SKETCH_OK) raise(status, type);
}

// Whether an argument is in its range, or what the error says that it must be.
inline void check_argument(bool is_in_range, const char *must_be) {
    if (!is_in_range) ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", must_be));
}

// What errors that come from some code say of it: `say` calls errcontext. Until pop, or the error.
template <typename Say>
struct ErrorCallback {
    Say say;
    ErrorContextCallback callback;

    explicit ErrorCallback(Say words) : say(words) {
        callback = {error_context_stack, [](void *self) { static_cast<ErrorCallback *>(self)->say(); }, this};
        error_context_stack = &callback;
    }
    void pop() const { error_context_stack = callback.previous; }
};

// A setting until the end of the level of settings.
inline void set_locally(const char *name, const char *value) {
    (void)set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

// The row type that a function returns.
inline TupleDesc row_type(FunctionCallInfo fcinfo) {
    TupleDesc shape;
    if (get_call_result_type(fcinfo, nullptr, &shape) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    return BlessTupleDesc(shape);
}

// One call of a function that returns a set of rows. `begin` says in the context how many there will be (max_calls),
// and keeps there what `row` makes the next one from.
template <typename Begin, typename Row>
Datum return_rows(FunctionCallInfo fcinfo, Begin begin, Row row) {
    if (SRF_IS_FIRSTCALL()) {
        FuncCallContext *context = SRF_FIRSTCALL_INIT();
        MemoryContext previous = MemoryContextSwitchTo(context->multi_call_memory_ctx);
        context->tuple_desc = row_type(fcinfo);
        begin(context);
        MemoryContextSwitchTo(previous);
    }
    FuncCallContext *context = SRF_PERCALL_SETUP();
    if (context->call_cntr >= context->max_calls) SRF_RETURN_DONE(context);
    Datum next = row(context);  // before the macro counts it
    SRF_RETURN_NEXT(context, next);
}

}  // namespace pg
