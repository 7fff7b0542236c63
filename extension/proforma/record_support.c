/*
 * record_support.c
 *		Tells the planner that a check of a table's row is a check of its
 *		columns, so that no row has to be made.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "proforma/form_json.h"

PG_FUNCTION_INFO_V1(record_support);

/* The form and the names go first. */
#define MOST_COLUMNS (FUNC_MAX_ARGS - 2)

typedef struct ColumnList
{
	const ProformaForm *form;	/* NULL: not known before the query runs */
	Datum		names[MOST_COLUMNS];
	Expr	   *values[MOST_COLUMNS];
	int			n;
} ColumnList;

/*
 * Does an outer join make the row missing where the other side has none?  Then
 * the row is NULL, which says something else than columns that are all NULL.
 */
static bool
may_be_missing(Node *node, Index relation, bool nullable)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblRef))
		return nullable && ((RangeTblRef *) node)->rtindex == (int) relation;
	if (IsA(node, FromExpr))
	{
		ListCell   *cell;

		foreach(cell, ((FromExpr *) node)->fromlist)
			if (may_be_missing(lfirst(cell), relation, nullable))
				return true;
		return false;
	}
	if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		return may_be_missing(join->larg, relation, nullable || join->jointype == JOIN_RIGHT || join->jointype == JOIN_FULL) ||
			may_be_missing(join->rarg, relation, nullable || (join->jointype != JOIN_INNER && join->jointype != JOIN_RIGHT));
	}
	return true;
}

/* Adds a column, if the form names it; false if there are too many. */
static bool
add_column(ColumnList *list, const char *name, Expr *value)
{
	if (list->form != NULL && form_field(list->form, name) < 0)
		return true;
	if (list->n == MOST_COLUMNS)
		return false;
	list->names[list->n] = CStringGetTextDatum(name);
	list->values[list->n++] = value;
	return true;
}

/* The columns of a table's row. */
static bool
columns_of_table(ColumnList *list, PlannerInfo *root, const Var *row)
{
	TupleDesc	descriptor;
	bool		fits = true;

	if (row->varlevelsup != 0 || row->varattno != InvalidAttrNumber || IS_SPECIAL_VARNO(row->varno) ||
		!var_is_of_current_row(row) || rt_fetch(row->varno, root->parse->rtable)->rtekind != RTE_RELATION)
		return false;
	/* Grouping sets make it missing, too. */
	if (root->parse->groupingSets != NIL || may_be_missing((Node *) root->parse->jointree, row->varno, false))
		return false;
	descriptor = lookup_rowtype_tupdesc(row->vartype, row->vartypmod);
	for (int i = 0; fits && i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		Var		   *column;

		if (attribute->attisdropped)
			continue;
		column = copyObject(unconstify(Var *, row));
		column->varattno = attribute->attnum;
		column->varattnosyn = attribute->attnum;
		column->vartype = attribute->atttypid;
		column->vartypmod = attribute->atttypmod;
		column->varcollid = attribute->attcollation;
		fits = add_column(list, NameStr(attribute->attname), (Expr *) column);
	}
	ReleaseTupleDesc(descriptor);
	return fits;
}

/* The columns of a row that is put together in the query, such as that of a view. */
static bool
columns_of_row(ColumnList *list, const RowExpr *row)
{
	TupleDesc	descriptor = row->row_typeid != RECORDOID ? lookup_rowtype_tupdesc(row->row_typeid, -1) : NULL;
	int			n = descriptor != NULL ? descriptor->natts : list_length(row->colnames);
	bool		fits = n == list_length(row->args);

	for (int i = 0; fits && i < n; i++)
	{
		Expr	   *value = list_nth(row->args, i);

		if (descriptor != NULL && TupleDescAttr(descriptor, i)->attisdropped)
			continue;
		/* What does more than name a value must be done once, whether the form names it or not. */
		fits = (IsA(value, Var) || IsA(value, Const) || IsA(value, Param)) &&
			add_column(list, descriptor != NULL ? NameStr(TupleDescAttr(descriptor, i)->attname) : strVal(list_nth(row->colnames, i)),
					   value);
	}
	if (descriptor != NULL)
		ReleaseTupleDesc(descriptor);
	return fits;
}

/* A function of the extension, in the schema of another; InvalidOid if the user can't call it. */
static Oid
sibling(Oid function, const char *name, int nargs, const Oid *types)
{
	Oid			found = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
										PointerGetDatum(buildoidvector(types, nargs)), ObjectIdGetDatum(get_func_namespace(function)));

	return OidIsValid(found) && may_execute(found, GetUserId()) ? found : InvalidOid;
}

static Node *
check_of_columns(const FuncExpr *call, ColumnList *list)
{
	static const Oid types[] = {JSONBOID, TEXTARRAYOID, ANYOID};
	bool		is_set = call->funcretset;
	Oid			by_columns = sibling(call->funcid, is_set ? "record_check_columns" : "record_ok_columns", 3, types);
	Oid			result = is_set ? get_array_type(call->funcresulttype) : BOOLOID;
	ArrayType  *names;
	List	   *args;
	FuncExpr   *check;

	/* Who may not call record_check must not get its answer in another way. */
	if (!OidIsValid(by_columns) || !may_execute(call->funcid, GetUserId()))
		return NULL;
	names = construct_array(list->names, list->n, TEXTOID, -1, false, TYPALIGN_INT);
	args = list_make2(linitial(call->args), makeConst(TEXTARRAYOID, -1, InvalidOid, -1, PointerGetDatum(names), false, false));
	for (int i = 0; i < list->n; i++)
		args = lappend(args, list->values[i]);
	check = makeFuncExpr(by_columns, result, args, InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
	check->location = call->location;
	if (!is_set)
		return (Node *) check;
	check = makeFuncExpr(F_UNNEST_ANYARRAY, call->funcresulttype, list_make1(check), InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
	check->funcretset = true;
	check->location = call->location;
	return (Node *) check;
}

/*
 * record_support(internal) returns internal
 *		The planner's support function of record_check and record_ok: a call
 *		with a row whose columns are at hand becomes one of
 *		record_check_columns or record_ok_columns.
 */
Datum
record_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	PlannerInfo *root;
	FuncExpr   *call;
	Node	   *form;
	Node	   *row;
	ColumnList *list;

	if (!IsA(request, SupportRequestSimplify))
		PG_RETURN_POINTER(NULL);
	root = ((SupportRequestSimplify *) request)->root;
	call = ((SupportRequestSimplify *) request)->fcall;
	if (root == NULL || list_length(call->args) != 2)
		PG_RETURN_POINTER(NULL);
	form = linitial(call->args);
	row = lsecond(call->args);
	if (!IsA(row, Var) && !IsA(row, RowExpr))
		PG_RETURN_POINTER(NULL);
	list = palloc0(sizeof(ColumnList));
	if (IsA(form, Const))
	{
		if (((Const *) form)->constisnull)
			PG_RETURN_POINTER(NULL);
		list->form = form_from_jsonb(DatumGetJsonbP(((Const *) form)->constvalue));
	}
	if (IsA(row, Var) ? !columns_of_table(list, root, (Var *) row) : !columns_of_row(list, (RowExpr *) row))
		PG_RETURN_POINTER(NULL);
	/* A row without any column of the form is as well made. */
	if (list->n == 0)
		PG_RETURN_POINTER(NULL);
	PG_RETURN_POINTER(check_of_columns(call, list));
}
