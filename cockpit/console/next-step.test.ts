import { expect, test } from 'vitest';
import { nextSteps } from './next-step.ts';

const feedback = { result: 'true', note: '', atMs: 1, by: { zh: '甲', en: 'A' } } as const;

type Case = Parameters<typeof nextSteps>[0];

test.each<[string, Case, Parameters<typeof nextSteps>[1], ReturnType<typeof nextSteps>]>([
  [
    'a new level-1 alert waits for both: each acknowledges first',
    { status: 'new', level: 1, awaiting: ['city', 'county'], feedback: null, withdrawnAtMs: null },
    'city-officer',
    { first: 'acknowledge', also: [], waitingFor: undefined },
  ],
  [
    'one’s own part is done: the other bureau is named',
    { status: 'new', level: 1, awaiting: ['county'], feedback: null, withdrawnAtMs: null },
    'city-officer',
    { first: undefined, also: [], waitingFor: 'county' },
  ],
  [
    'below level 1 the city may take up what waits for the county',
    { status: 'new', level: 2, awaiting: ['county'], feedback: null, withdrawnAtMs: null },
    'city-officer',
    { first: 'acknowledge', also: [], waitingFor: undefined },
  ],
  [
    'after acknowledgement comes feedback, not closing',
    { status: 'acknowledged', level: 2, awaiting: [], feedback: null, withdrawnAtMs: null },
    'county-officer',
    { first: 'feedback', also: [], waitingFor: undefined },
  ],
  [
    'with feedback it can be closed, and the feedback corrected',
    { status: 'acknowledged', level: 2, awaiting: [], feedback, withdrawnAtMs: null },
    'county-officer',
    { first: 'close', also: ['feedback'], waitingFor: undefined },
  ],
  [
    'a withdrawn alert asks for nothing but to be closed',
    { status: 'new', level: 1, awaiting: ['city', 'county'], feedback: null, withdrawnAtMs: 1 },
    'county-officer',
    { first: 'close', also: [], waitingFor: undefined },
  ],
  [
    'a closed alert asks for nothing',
    { status: 'closed', level: 2, awaiting: [], feedback, withdrawnAtMs: null },
    'county-officer',
    { first: undefined, also: [], waitingFor: undefined },
  ],
])('%s', (_promise, alert, role, wanted) => {
  expect(nextSteps(alert, role)).toEqual(wanted);
});
