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
