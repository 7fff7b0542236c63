/*
 * rows.c
 *		How many rows set-returning functions give, for the planner.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "nodes/supportnodes.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(rows_of_array);
PG_FUNCTION_INFO_V1(rows_of_number);

/* The arguments of the call that the planner asks about; NIL if it asks something else. */
static List *
arguments(Node *request)
{
	Node	   *node;

	if (!IsA(request, SupportRequestRows))
		return NIL;
	node = ((SupportRequestRows *) request)->node;
	return node != NULL && IsA(node, FuncExpr) ? ((FuncExpr *) node)->args : NIL;
}

/* At least one: the planner divides by it. */
static void *
answer(Node *request, double rows)
{
	((SupportRequestRows *) request)->rows = Max(rows, 1);
	return request;
}

/* How many elements an array has as far as the query tells; -1 if it does not. */
static double
length_of_array(Node *node)
{
	while (IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	if (IsA(node, ArrayExpr) && !((ArrayExpr *) node)->multidims)
		return list_length(((ArrayExpr *) node)->elements);
	if (IsA(node, Const))
	{
		ArrayType  *array;

		if (((Const *) node)->constisnull)
			return 0;
		array = DatumGetArrayTypeP(((Const *) node)->constvalue);
		return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	}
	return -1;
}

/*
 * rows_of_array(internal) returns internal
 *		The planner's support function of functions that return a row for each
 *		element of their first array.
 */
Datum
rows_of_array(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	ListCell   *cell;

	foreach(cell, arguments(request))
	{
		Node	   *argument = (Node *) lfirst(cell);

		if (OidIsValid(get_element_type(exprType(argument))))
		{
			double		rows = length_of_array(argument);

			PG_RETURN_POINTER(rows < 0 ? NULL : answer(request, rows));
		}
	}
	PG_RETURN_POINTER(NULL);
}

/*
 * rows_of_number(internal) returns internal
 *		The planner's support function of functions that return as many rows as
 *		their first integer says.
 */
Datum
rows_of_number(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	ListCell   *cell;

	foreach(cell, arguments(request))
	{
		Node	   *argument = (Node *) lfirst(cell);

		if (exprType(argument) == INT4OID)
		{
			if (!IsA(argument, Const))
				break;
			PG_RETURN_POINTER(answer(request, ((Const *) argument)->constisnull ? 0 : DatumGetInt32(((Const *) argument)->constvalue)));
		}
	}
	PG_RETURN_POINTER(NULL);
}
