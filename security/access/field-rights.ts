// Rights below the function: single fields, by role and by the state of what they belong to.

import { text, type Text } from '../../core/text.ts';
import type { PolicyRole } from './roles.ts';

export type FieldRight = {
  readonly name: Text;
  readonly operation: 'read' | 'write';
  /** The states the thing can be in; one, `any`, for what has none. */
  readonly states: Readonly<Record<string, readonly PolicyRole[]>>;
};

const LEADERS = ['city-leader', 'county-leader'] as const;
const OFFICERS = ['city-officer', 'county-officer', ...LEADERS] as const;

export const FIELD_RIGHTS = {
  /** Before anybody has the alert the desk asks for that first. Once closed it is opened again, not rewritten. */
  'alert.feedback': {
    name: text('预警核查反馈', 'Feedback of an alert'),
    operation: 'write',
    states: { new: OFFICERS, acknowledged: OFFICERS, closed: [] },
  },
  'alert.photos': {
    name: text('预警现场照片', 'Photos of an alert'),
    operation: 'write',
    states: { new: OFFICERS, acknowledged: OFFICERS, closed: [] },
  },
  /** An exact way on a wall would show where single persons are. */
  'points.exact': {
    name: text('大屏点位精确位置', 'Exact places on the wall'),
    operation: 'read',
    states: { any: [...OFFICERS] },
  },
  'report.times': {
    name: text('报告中的个人负荷与用时', 'Times and load of officers in reports'),
    operation: 'read',
    states: { any: OFFICERS },
  },
  'watch.alert': {
    name: text('运行监测中的预警编号', 'Alerts named by the watchdog'),
    operation: 'read',
    states: { any: OFFICERS },
  },
} as const satisfies Readonly<Record<string, FieldRight>>;

export type Field = keyof typeof FIELD_RIGHTS;

/** True when the role may read or write the field while its thing is in `state`. Unknown states give nothing. */
export function mayField(role: PolicyRole, field: Field, state = 'any'): boolean {
  const { states }: FieldRight = FIELD_RIGHTS[field];
  return states[state]?.includes(role) ?? false;
}
