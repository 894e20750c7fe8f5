// What belongs to no family.
#include "pg.hpp"

extern "C" {
PG_MODULE_MAGIC;
PGDLLEXPORT void _PG_init();
}

// Once a process, or once a server if the library is preloaded: who sends stored bytes knows neither.
void _PG_init() {
    uint64 salt;
    if (!pg_strong_random(&salt, sizeof salt))
        ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate a random salt"));
    sketch_set_salt(salt);
    sketch_set_poll([] { CHECK_FOR_INTERRUPTS(); });
}

// The version of the loaded library, to compare with the installed SQL objects: see extversion in pg_extension.
PG_FN(sketch_ext_version) { PG_RETURN_TEXT_P(cstring_to_text(sketch_version())); }

// ---- ANALYZE ----------------------------------------

namespace {

// What std_typanalyze has computed of types without an order: nulls and width.
void compute_statistics(VacAttrStatsP stats, AnalyzeAttrFetchFunc fetch, int rows, double) {
    int nulls = 0;
    double width = 0;
    for (int i = 0; i < rows; i++) {
        CHECK_FOR_INTERRUPTS();
        bool is_null;
        Datum value = fetch(stats, i, &is_null);
        if (is_null) nulls++;
        else width += static_cast<double>(VARSIZE_ANY(DatumGetPointer(value)));  // of a toasted one the pointer's
    }
    if (rows == 0) return;
    stats->stats_valid = true;
    stats->stanullfrac = static_cast<float4>(static_cast<double>(nulls) / rows);
    stats->stawidth = nulls < rows ? static_cast<int32>(width / (rows - nulls)) : 0;
    stats->stadistinct = 0;  // unknown
}

}  // namespace

PG_FN(sketch_typanalyze) {
    VacAttrStats *stats = reinterpret_cast<VacAttrStats *>(PG_GETARG_POINTER(0));
    stats->compute_stats = compute_statistics;
    stats->minrows = 300 * default_statistics_target;  // as many as other columns want
    PG_RETURN_BOOL(true);
}
