// plumbline routes test: runs the stories inside the routing file.

import { loadRouting } from '../../alerts/routing/load-routing.ts';
import { testRoutes } from '../../alerts/routing/test-routes.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import type { Config } from '../config.ts';
import { dutyCalendarOf } from '../duty-calendar.ts';
import type { Print } from '../print.ts';

/** Prints each failing story with what was wanted and what was sent; gives true when all passed. */
export function testRouting(config: Config, file: string | undefined, print: Print): boolean {
  const path = file ?? config.alerts.routing;
  if (path === undefined) {
    throw new UserError(
      'bad-configuration',
      text('没有配置路由文件', 'there is no routing in the configuration'),
      {
        hint: text(
          '写明文件，或在配置中设置 alerts.routing',
          'Name a file, or set alerts.routing in the configuration.',
        ),
      },
    );
  }
  const results = testRoutes(loadRouting(path), dutyCalendarOf(config, createChinaCalendar()));
  for (const { name, passed, wanted, got } of results) {
    print(`${passed ? '✓' : '✗'} ${name}`);
    if (passed) continue;
    for (const line of wanted) if (!got.includes(line)) print(`    - ${line}`);
    for (const line of got) if (!wanted.includes(line)) print(`    + ${line}`);
  }
  const failures = results.filter(({ passed }) => !passed).length;
  print(`\n${results.length - failures} stories passed, ${failures} failed`);
  return failures === 0;
}
