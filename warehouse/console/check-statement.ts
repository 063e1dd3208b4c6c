// Whether an analyst's statement may run: DuckDB's own parser takes it apart, and every node of it must be one
// that is known to be harmless. What is not on the lists is refused, whatever it is. It stands before a database
// that is locked and holds nothing but the views, so that a hole here opens onto an empty room.

import { text, type Text } from '../../core/text.ts';
import { duckText, type Duck } from '../duck.ts';

export type StatementFault =
  | 'expression'
  | 'function'
  | 'many'
  | 'not-select'
  | 'relation'
  | 'syntax'
  | 'table'
  | 'too-long';

export type CheckedStatement =
  | { readonly kind: 'ok'; readonly views: readonly string[] }
  | { readonly kind: 'refused'; readonly fault: StatementFault; readonly detail: string };

export const STATEMENT_CHARS_MAX = 20_000;

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

const FUNCTIONS = words(`
  + - * / % // ** ^ || ~~ !~~ ~~* !~~* ~~~ like_escape not_like_escape ilike_escape
  abs any_value arg_max arg_min avg bool_and bool_or ceil ceiling century coalesce concat concat_ws contains
  corr count count_if count_star covar_pop covar_samp cume_dist current_date date_add date_diff date_part
  date_sub date_trunc datediff datepart day dayname dayofmonth dayofweek dayofyear dense_rank epoch exp
  extract first first_value floor generate_series greatest hour ifnull isfinite isinf isnan lag last
  last_day last_value lcase lead least left length ln log log10 log2 lower ltrim mad make_date max
  max_by mean median min min_by mod mode month monthname nth_value ntile nullif percent_rank pow power
  prefix product quantile_cont quantile_disc quarter range rank regr_count regr_intercept regr_r2 regr_slope
  replace right round row row_number rtrim sign sqrt starts_with stddev stddev_pop stddev_samp strftime
  string_agg strpos substr substring suffix sum to_days to_months to_weeks to_years trim trunc try_strptime
  ucase unnest upper var_pop var_samp variance week weekday weekofyear year yearweek
`);
const TABLE_FUNCTIONS = words('generate_series range unnest');
const NODES = words('SELECT_NODE SET_OPERATION_NODE CTE_NODE');
const RELATIONS = words('BASE_TABLE EMPTY EXPRESSION_LIST JOIN SUBQUERY TABLE_FUNCTION');
const EXPRESSIONS = words(`
  BETWEEN CASE CAST COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION OPERATOR POSITIONAL_REFERENCE STAR
  SUBQUERY WINDOW
`);
/** Names the engine itself has relations under. */
const ENGINE_NAME = /^(duckdb_|pragma_|sqlite_|pg_|information_schema)/i;

type Node = Readonly<Record<string, unknown>>;

/** Parses and looks through; `views` are the ones it names. */
export async function checkStatement(
  duck: Duck,
  sql: string,
  views: ReadonlySet<string>,
): Promise<CheckedStatement> {
  if (sql.length > STATEMENT_CHARS_MAX) {
    return { kind: 'refused', fault: 'too-long', detail: `${sql.length}` };
  }
  const parsed = await parse(duck, sql);
  if ('fault' in parsed) return { kind: 'refused', ...parsed };
  const [statement, ...others] = parsed.statements;
  if (!statement || others.length > 0) return { kind: 'refused', fault: 'many', detail: '' };
  const look: Look = { views, named: new Set(), ctes: new Set(), fault: undefined };
  collectCtes(statement, look);
  walk(statement, look);
  return look.fault ? { kind: 'refused', ...look.fault } : { kind: 'ok', views: [...look.named] };
}

type Fault = { readonly fault: StatementFault; readonly detail: string };

async function parse(duck: Duck, sql: string): Promise<Fault | { statements: Node[] }> {
  let answer: { error: boolean; error_type?: string; error_message?: string; statements?: Node[] };
  try {
    const result = await duck.connection.runAndReadAll(
      `SELECT json_serialize_sql(${duckText(sql.replaceAll('\u0000', ''))})::VARCHAR`,
    );
    answer = JSON.parse(String(result.getRowsJson()[0]?.[0])) as typeof answer;
  } catch {
    return { fault: 'syntax', detail: '' };
  }
  if (!answer.error) return { statements: answer.statements ?? [] };
  const isSyntax = answer.error_type === 'parser';
  return {
    fault: isSyntax ? 'syntax' : 'not-select',
    detail: isSyntax ? (answer.error_message ?? '') : '',
  };
}

type Look = {
  readonly views: ReadonlySet<string>;
  readonly named: Set<string>;
  readonly ctes: Set<string>;
  fault: Fault | undefined;
};

function collectCtes(value: unknown, look: Look): void {
  if (Array.isArray(value)) for (const item of value) collectCtes(item, look);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
  const node = value as Node;
  const map = (node['cte_map'] as { map?: { key: string }[] } | undefined)?.map ?? [];
  for (const { key } of map) {
    // One that hides a view, or a relation of the engine outside of its own reach, is confusing or worse.
    if (ENGINE_NAME.test(key) || look.views.has(key.toLowerCase())) {
      look.fault ??= { fault: 'table', detail: key };
    }
    look.ctes.add(key.toLowerCase());
  }
  for (const inner of Object.values(node)) collectCtes(inner, look);
}

function walk(value: unknown, look: Look): void {
  if (look.fault) return;
  if (Array.isArray(value)) {
    for (const item of value) walk(item, look);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const node = value as Node;
  look.fault ??= faultOf(node, look);
  for (const [key, inner] of Object.entries(node)) {
    // What a constant holds is data.
    if (!(node['class'] === 'CONSTANT' && key === 'value')) walk(inner, look);
  }
}

function faultOf(node: Node, look: Look): Fault | undefined {
  const type = String(node['type'] ?? '');
  const given = node['class'];
  if (typeof given === 'string') {
    if (!EXPRESSIONS.has(given)) return { fault: 'expression', detail: given };
    return typeof node['function_name'] === 'string' ? functionFault(node, look) : undefined;
  }
  if (type.endsWith('_NODE') && !NODES.has(type)) return { fault: 'relation', detail: type };
  // Relations, and nothing else without a class, can be sampled.
  if (!('sample' in node) || type.endsWith('_NODE')) return undefined;
  if (!RELATIONS.has(type)) return { fault: 'relation', detail: type };
  if (type === 'TABLE_FUNCTION') {
    const name = String((node['function'] as Node | undefined)?.['function_name'] ?? '');
    if (!TABLE_FUNCTIONS.has(name)) return { fault: 'function', detail: name };
  }
  return type === 'BASE_TABLE' ? tableFault(node, look) : undefined;
}

function functionFault(node: Node, _look: Look): Fault | undefined {
  const name = String(node['function_name']).toLowerCase();
  const isPlain = !node['schema'] && !node['catalog'];
  return isPlain && FUNCTIONS.has(name) ? undefined : { fault: 'function', detail: name };
}

function tableFault(node: Node, look: Look): Fault | undefined {
  const name = String(node['table_name']).toLowerCase();
  const isPlain = !node['schema_name'] && !node['catalog_name'] && !node['at_clause'];
  if (isPlain && look.ctes.has(name)) return undefined;
  if (!isPlain || !look.views.has(name)) {
    const path = [node['catalog_name'], node['schema_name'], node['table_name']];
    return { fault: 'table', detail: path.filter(Boolean).join('.').slice(0, 100) };
  }
  look.named.add(name);
  return undefined;
}

export const STATEMENT_FAULTS: Readonly<Record<StatementFault, { says: Text; hint: Text }>> = {
  expression: {
    says: text('该写法不可用', 'this form of expression is not available'),
    hint: text('请改用普通的列、函数和运算', 'Use columns, functions and operators.'),
  },
  function: {
    says: text('该函数不可用', 'this function is not available'),
    hint: text('可用函数见 docs/sql-console.md', 'docs/sql-console.md lists what there is.'),
  },
  many: {
    says: text('一次只能执行一条语句', 'one statement at a time'),
    hint: text('请删除其余语句', 'Take the others out.'),
  },
  'not-select': {
    says: text('只能查询', 'only SELECT is available'),
    hint: text('语句须以 SELECT 或 WITH 开头', 'Begin with SELECT or WITH.'),
  },
  relation: {
    says: text('该查询形式不可用', 'this form of query is not available'),
    hint: text('请改用 SELECT … FROM 视图', 'Use SELECT … FROM a view.'),
  },
  syntax: {
    says: text('语句有语法错误', 'the statement cannot be parsed'),
    hint: text('请检查关键字、括号和引号', 'Look at keywords, brackets and quotes.'),
  },
  table: {
    says: text('没有这个视图', 'there is no such view'),
    hint: text('可用视图见 docs/sql-console.md', 'docs/sql-console.md lists the views.'),
  },
  'too-long': {
    says: text('语句过长', 'the statement is too long'),
    hint: text('请拆成几次查询', 'Ask in several steps.'),
  },
};
