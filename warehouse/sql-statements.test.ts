import { expect, test } from 'vitest';
import { splitStatements } from './sql-statements.ts';

test.each([
  ['select 1', ['select 1']],
  ['select 1;', ['select 1']],
  ['select 1; select 2;\n', ['select 1', 'select 2']],
  ["select ';' ; select 2", ["select ';'", 'select 2']],
  ["select 'it''s; so' ; select 2", ["select 'it''s; so'", 'select 2']],
  [String.raw`select 'a\';b' ; select 2`, [String.raw`select 'a\';b'`, 'select 2']],
  ['select "a;b", `c;d`', ['select "a;b", `c;d`']],
  ['-- one; two\nselect 1 -- three; four\n', ['select 1 -- three; four']],
  ['/* one; two */ select 1', ['/* one; two */ select 1']],
  ['select 1 # one; two\n; select 2', ['select 1 # one; two', 'select 2']],
  ["select '中文；;'", ["select '中文；;'"]],
  ['select 1 /* never closed; ', ['select 1 /* never closed;']],
  ["select 'never closed; ", ["select 'never closed;"]],
  [' ;; -- nothing\n; ', []],
])('%s is cut where statements end', (sql, statements) => {
  expect(splitStatements(sql)).toEqual(statements);
});
