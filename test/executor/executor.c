/* For tests only: aggregates that run another aggregate, as the executors of distributed databases do. A node runs the
 * transition function on its rows and ships the state as text; another one combines the texts and finishes.
 *
 *     shipped(aggregate regprocedure, x anyelement) -> text          x is the aggregate's argument, or ROW(arguments)
 *     combined(aggregate regprocedure, state text, NULL::type) -> type
 *
 * What sets them apart from PostgreSQL's own executor, and is the reason for these tests: the called functions get an
 * FmgrInfo that is new at each row, so that nothing can be kept in fn_extra; it has no expression, so that a function
 * cannot ask for the types of its arguments; and arguments that come in a ROW come without a collation. */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "funcapi.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(shipped_trans);
PG_FUNCTION_INFO_V1(shipped_final);
PG_FUNCTION_INFO_V1(combined_trans);
PG_FUNCTION_INFO_V1(combined_final);

/* An aggregate that is run, and the state it has. */
typedef struct Run {
	Oid aggregate;
	Oid transition, combine, final;
	int final_extra; /* how many NULLs the final function gets beside the state */
	Oid type; /* of the state */
	int16 length;
	bool by_value;
	bool is_null;
	Datum state;
} Run;

static MemoryContext
context_of(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "not called as an aggregate");
	return context;
}

static Run *
begin(FunctionCallInfo fcinfo, Oid aggregate)
{
	Run *run = MemoryContextAllocZero(context_of(fcinfo), sizeof(Run));
	HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
	Form_pg_aggregate form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "%s is no aggregate", format_procedure(aggregate));
	form = (Form_pg_aggregate) GETSTRUCT(tuple);
	run->aggregate = aggregate;
	run->transition = form->aggtransfn;
	run->combine = form->aggcombinefn;
	run->final = form->aggfinalfn;
	run->final_extra = form->aggfinalextra ? get_func_nargs(aggregate) : 0;
	run->type = form->aggtranstype;
	get_typlenbyval(run->type, &run->length, &run->by_value);
	run->is_null = true;
	ReleaseSysCache(tuple);
	return run;
}

/* The arguments are what the aggregate was declared with, or pass for it without being touched. */
static void
check_types(Oid aggregate, int count, const Oid *types)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(aggregate));
	const oidvector *declared = &((Form_pg_proc) GETSTRUCT(tuple))->proargtypes;

	if (declared->dim1 != count)
		elog(ERROR, "%s does not take %d arguments", format_procedure(aggregate), count);
	for (int i = 0; i < count; i++)
		if (!IsBinaryCoercible(types[i], declared->values[i]))
			elog(ERROR, "argument %d of %s is a %s", i + 1, format_procedure(aggregate), format_type_be(types[i]));
	ReleaseSysCache(tuple);
}

/* state := function(state, arguments ...), as the executor does it: the result is copied into the aggregate's memory,
 * and what was there before is freed. */
static void
advance(Run *run, Oid function, FunctionCallInfo outer, int count, const Datum *values, const bool *nulls)
{
	LOCAL_FCINFO(call, FUNC_MAX_ARGS);
	FmgrInfo info;
	Datum result;

	fmgr_info(function, &info);
	if (info.fn_strict)
		elog(ERROR, "strict functions are not supported here");
	InitFunctionCallInfoData(*call, &info, count + 1, outer->fncollation, outer->context, NULL);
	call->args[0].value = run->state;
	call->args[0].isnull = run->is_null;
	for (int i = 0; i < count; i++)
	{
		call->args[i + 1].value = values[i];
		call->args[i + 1].isnull = nulls[i];
	}
	result = FunctionCallInvoke(call);
	if (!run->by_value && (run->is_null || call->isnull || DatumGetPointer(result) != DatumGetPointer(run->state)))
	{
		if (!call->isnull)
		{
			MemoryContext previous = MemoryContextSwitchTo(context_of(outer));

			result = datumCopy(result, run->by_value, run->length);
			MemoryContextSwitchTo(previous);
		}
		if (!run->is_null)
			pfree(DatumGetPointer(run->state));
	}
	run->state = result;
	run->is_null = call->isnull;
}

Datum
shipped_trans(PG_FUNCTION_ARGS)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 2);
	Run *run = PG_ARGISNULL(0) ? NULL : (Run *) PG_GETARG_POINTER(0);
	bool is_first = run == NULL;

	if (is_first)
		run = begin(fcinfo, PG_GETARG_OID(1));
	if (type != RECORDOID)
	{
		Datum value = PG_GETARG_DATUM(2);
		bool is_null = PG_ARGISNULL(2);

		if (is_first)
			check_types(run->aggregate, 1, &type);
		advance(run, run->transition, fcinfo, 1, &value, &is_null);
	}
	else
	{
		HeapTupleHeader header = PG_GETARG_HEAPTUPLEHEADER(2);
		TupleDesc descriptor =
			lookup_rowtype_tupdesc_copy(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
		HeapTupleData row = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};
		Datum values[FUNC_MAX_ARGS];
		bool nulls[FUNC_MAX_ARGS];
		Oid types[FUNC_MAX_ARGS];
		int count = descriptor->natts;

		if (count >= FUNC_MAX_ARGS)
			elog(ERROR, "too many arguments");
		heap_deform_tuple(&row, descriptor, values, nulls);
		for (int i = 0; i < count; i++)
			types[i] = TupleDescAttr(descriptor, i)->atttypid;
		if (is_first)
			check_types(run->aggregate, count, types);
		advance(run, run->transition, fcinfo, count, values, nulls);
	}
	PG_RETURN_POINTER(run);
}

Datum
shipped_final(PG_FUNCTION_ARGS)
{
	const Run *run = PG_ARGISNULL(0) ? NULL : (Run *) PG_GETARG_POINTER(0);
	Oid output;
	bool is_varlena;

	if (run == NULL || run->is_null)
		PG_RETURN_NULL();
	getTypeOutputInfo(run->type, &output, &is_varlena);
	PG_RETURN_TEXT_P(cstring_to_text(OidOutputFunctionCall(output, run->state)));
}

Datum
combined_trans(PG_FUNCTION_ARGS)
{
	Run *run = PG_ARGISNULL(0) ? begin(fcinfo, PG_GETARG_OID(1)) : (Run *) PG_GETARG_POINTER(0);
	Oid input, parameter;
	Datum state = (Datum) 0;
	bool is_null = PG_ARGISNULL(2);

	getTypeInputInfo(run->type, &input, &parameter);
	if (!is_null)
		state = OidInputFunctionCall(input, text_to_cstring(PG_GETARG_TEXT_PP(2)), parameter, -1);
	advance(run, run->combine, fcinfo, 1, &state, &is_null);
	PG_RETURN_POINTER(run);
}

Datum
combined_final(PG_FUNCTION_ARGS)
{
	LOCAL_FCINFO(call, FUNC_MAX_ARGS);
	const Run *run = PG_ARGISNULL(0) ? NULL : (Run *) PG_GETARG_POINTER(0);
	FmgrInfo info;
	Datum result;

	if (run == NULL)
		PG_RETURN_NULL();
	if (get_fn_expr_rettype(fcinfo->flinfo) != get_func_rettype(run->aggregate))
		elog(ERROR, "%s gives a %s", format_procedure(run->aggregate), format_type_be(get_func_rettype(run->aggregate)));
	fmgr_info(run->final, &info);
	InitFunctionCallInfoData(*call, &info, 1 + run->final_extra, fcinfo->fncollation, fcinfo->context, NULL);
	call->args[0].value = run->state;
	call->args[0].isnull = run->is_null;
	for (int i = 1; i <= run->final_extra; i++)
	{
		call->args[i].value = (Datum) 0;
		call->args[i].isnull = true;
	}
	result = FunctionCallInvoke(call);
	if (call->isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}
