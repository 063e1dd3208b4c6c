// Reads the file of the routing plan. A mistake is named with line and column.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Level } from '../../core/finding.ts';
import { text } from '../../core/text.ts';
import { LONGEST } from '../grouping/group-terms.ts';
import { LEVEL_TABLE } from '../level-table.ts';
import { parseYaml } from '../../core/yaml-file.ts';
import { routingPlanSchema, type RouteNode, type RoutingPlan } from './routing-plan.ts';

/** Throws UserError `bad-configuration` with every mistake in its place. */
export function loadRouting(file: string): RoutingPlan {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    throw new UserError(
      'bad-configuration',
      text('读不到路由文件', 'the file of the routing cannot be read'),
      { detail: file },
    );
  }
  return parseRouting(basename(file), content);
}

/** The same from a text; `file` is the name used in messages. */
export function parseRouting(file: string, content: string): RoutingPlan {
  const mistakes: string[] = [];
  const parsed = parseYaml(file, content, routingPlanSchema, mistakes);
  if (parsed)
    checkNodes(parsed.value.routes, ['routes'], (path, says) =>
      mistakes.push(`${parsed.placeOf(path)}: ${says}`),
    );
  if (parsed && mistakes.length === 0) return parsed.value;
  throw new UserError('bad-configuration', text('路由有误', 'the routing is not valid'), {
    detail: `\n${mistakes.join('\n')}`,
  });
}

/** What no form can say: level 1 is never made quieter, and only level 3 has quiet hours. */
function checkNodes(
  nodes: readonly RouteNode[],
  path: readonly (string | number)[],
  say: (path: readonly (string | number)[], says: string) => void,
  inherited: readonly Level[] = [1, 2, 3],
): void {
  for (const [index, node] of nodes.entries()) {
    const at = [...path, index];
    const levels = (node.match.levels ?? LEVELS).filter((level) => inherited.includes(level));
    if (levels.length === 0)
      say([...at, 'match'], `"${node.name}" matches no level its parent does`);
    if (node.quietHours && levels.some((level) => level !== 3)) {
      say([...at, 'quietHours'], `"${node.name}": only level 3 has quiet hours; match levels: [3]`);
    }
    if (levels.includes(1)) {
      if (node.channel && node.channel !== 'phone') {
        say(
          [...at, 'channel'],
          `"${node.name}": level 1 goes out by telephone; match other levels`,
        );
      }
      if (node.acknowledge === 'anyone' || (node.to && node.to.length < 2)) {
        say(at, `"${node.name}": level 1 needs city and county; match other levels`);
      }
      if (node.ladder?.length === 0) {
        say([...at, 'ladder'], `"${node.name}": level 1 must be followed; give it rungs`);
      }
    }
    checkGroup(node, levels, (key, says) => say([...at, 'group', key], says));
    const ladder = node.ladder ?? [];
    if (ladder.some(({ every }, rung) => every !== undefined && rung < ladder.length - 1)) {
      say([...at, 'ladder'], `"${node.name}": only the last rung is climbed again and again`);
    }
    const { everyMs = Infinity } = LEVEL_TABLE[1].ladder.at(-1) ?? {};
    if (levels.includes(1) && (ladder.at(-1)?.every ?? 0) > everyMs) {
      say(
        [...at, 'ladder'],
        `"${node.name}": the last rung of level 1 comes again at least every ${formatDuration(everyMs)}`,
      );
    }
    if (ladder.some(({ after }, rung) => after <= (ladder[rung - 1]?.after ?? 0))) {
      say([...at, 'ladder'], `"${node.name}": each rung comes later than the one before`);
    }
    checkNodes(node.routes, [...at, 'routes'], say, levels);
  }
}

const LEVELS: readonly Level[] = [1, 2, 3];

/** Grouping never holds up a grave alert for long: its first call or SMS has to be in time. */
function checkGroup(
  { name, group }: RouteNode,
  levels: readonly Level[],
  say: (key: 'wait' | 'interval', says: string) => void,
): void {
  if (group === undefined || group === 'none') return;
  for (const key of ['wait', 'interval'] as const) {
    const gravest = levels.find((level) => group[key] > LONGEST[level][`${key}Ms`]);
    if (gravest === undefined) continue;
    const longest = formatDuration(LONGEST[gravest][`${key}Ms`]);
    const others = levels.filter((level) => group[key] <= LONGEST[level][`${key}Ms`]);
    const instead = others.length === 0 ? '' : `, or match levels: [${others.join(', ')}]`;
    say(
      key,
      `"${name}": 分组等待过长 a group of level ${gravest} has ${key === 'wait' ? 'a wait' : 'an interval'} of ${longest} at most, so that its notice is in time; shorten it${instead}`,
    );
  }
}
