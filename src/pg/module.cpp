// What belongs to no family.
#include "pg.hpp"

extern "C" {
PG_MODULE_MAGIC;
}

// The version of the loaded library, to compare with the installed SQL objects: see extversion in pg_extension.
PG_FN(sketch_ext_version) { PG_RETURN_TEXT_P(cstring_to_text(sketch_version())); }
