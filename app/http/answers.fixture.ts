// The routes of alerts and of what follows the answer over real records, with officers of a city and two
// counties who can sign in; time stands until a test moves it. For tests of the routes and of the screens.

import type { FastifyInstance, InjectOptions } from 'fastify';
import { createDesk } from '../../alerts/desk.ts';
import { createPhotoDesk } from '../../alerts/feedback/photo-desk.ts';
import {
  anOfficer,
  DAZHOU_CITY,
  DAZHU,
  ruleTexts,
  XUANHAN,
} from '../../alerts/findings.fixture.ts';
import { createObjectionDesk } from '../../alerts/objections/objection-desk.ts';
import { officerTable } from '../../alerts/duty-officers.ts';
import {
  openStage,
  startProgram,
  type Program,
  type Stage,
} from '../../alerts/scenario.fixture.ts';
import { createTaskDesk } from '../../alerts/tasks/task-desk.ts';
import { ANSWER_DEFAULTS } from '../../alerts/tasks/task-options.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { systemClock } from '../../core/time.ts';
import type { AuditEntry, AuditTrail } from '../../security/audit/audit-entry.ts';
import { openSession } from '../../warehouse/sessions.ts';
import type { FindShiftEnd } from '../../alerts/roster/shift-end.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { recordRoutes } from '../audit/route-audit.ts';
import { registerAlerts } from './alert-routes.ts';
import { registerAnswers } from './answer-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';

const PEOPLE = [
  ['city', '市局值班员', 'City duty officer', 'city-officer', DAZHOU_CITY, 'city-officer'],
  ['chief', '市局带班领导', 'City leader', 'city-officer', DAZHOU_CITY, 'leader'],
  ['xuanhan', '宣汉值班员甲', 'Xuanhan officer A', 'county-officer', XUANHAN, 'county-officer'],
  ['xuanhan-b', '宣汉值班员乙', 'Xuanhan officer B', 'county-officer', XUANHAN, 'county-officer'],
  ['xuanhan-chief', '宣汉带班领导', 'Xuanhan leader', 'county-officer', XUANHAN, 'leader'],
  ['dazhu', '大竹值班员', 'Dazhu officer', 'county-officer', DAZHU, 'county-officer'],
] as const;

export type Login = (typeof PEOPLE)[number][0] | 'analyst';

export type AnswersApp = {
  readonly app: FastifyInstance;
  readonly stage: Stage;
  readonly program: Program;
  /** What the audit trail was told, in order. */
  readonly told: AuditEntry[];
  /** The session cookie of somebody who has signed in. */
  readonly cookieOf: (login: Login) => string;
  /** Asks as somebody; JSON both ways unless the body is bytes. */
  ask(login: Login | undefined, options: InjectOptions): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
};

export async function openAnswersApp({
  findShiftEnd,
}: { findShiftEnd?: FindShiftEnd } = {}): Promise<AnswersApp> {
  const officers = PEOPLE.map(([id, name, , , region, role]) =>
    anOfficer(id, region, { name, role }),
  );
  const stage = await openStage({ officers });
  const { records, clock } = stage;
  const sessionDeps = { db: records.db, clock: systemClock, ids: createCountingIds() };
  const cookies = new Map<string, string>();
  const analyst = ['analyst', '分析员', 'Analyst', 'analyst', DAZHOU_CITY] as const;
  for (const [login, displayZh, displayEn, role, region] of [...PEOPLE, analyst]) {
    const officerId = login === 'analyst' ? null : login;
    await records.db
      .insertInto('account')
      .values({
        id: `ac_${login}`,
        login,
        // Nobody signs in with a password here: hashing takes its time.
        passwordHash: '',
        displayZh,
        displayEn,
        role,
        region,
        language: 'zh',
        officerId,
        active: 1,
      })
      .execute();
    const token = await openSession(sessionDeps, records.db, `ac_${login}`);
    cookies.set(login, `plumbline_session=${token}`);
  }
  const program = await startProgram(stage);
  const app = await createServer({ logger: silentLogger });
  const told: AuditEntry[] = [];
  const trail = createAuditTrail({ records });
  const audit: AuditTrail = {
    record(trx, entry) {
      told.push(entry);
      return trail.record(trx, entry);
    },
    note(entry) {
      told.push(entry);
      return trail.note(entry);
    },
  };
  const recorder = recordRoutes(app, { records, audit, clock });
  const guard = recorder.guarded(
    registerSessions(app, { ...sessionDeps, records, audit, secure: false }),
  );
  const answers = ANSWER_DEFAULTS;
  const deps = { records: recorder.records, clock, ruleTexts, answers, onChanged: () => {} };
  const desk = createDesk(deps);
  registerAlerts(app, { guard, desk, olap: undefined });
  registerAnswers(app, {
    ...deps,
    guard,
    desk,
    tasks: createTaskDesk({ ...deps, dutyOfficers: officerTable }),
    photos: createPhotoDesk(deps),
    objections: createObjectionDesk({
      ...deps,
      dutyOfficers: officerTable,
      calendar: createChinaCalendar(),
    }),
    findShiftEnd,
  });
  await app.ready();
  const cookieOf = (login: Login): string => cookies.get(login) ?? '';
  return {
    app,
    stage,
    program,
    cookieOf,
    told,
    async ask(login, options) {
      const cookie = login === undefined ? {} : { cookie: cookieOf(login) };
      const answer = await app.inject({
        ...options,
        headers: { 'x-purpose': 'alert-handling', ...cookie, ...options.headers },
      });
      const isJson = String(answer.headers['content-type']).includes('json');
      return { status: answer.statusCode, body: isJson ? answer.json() : answer.rawPayload };
    },
    async close() {
      await app.close();
      await stage.remove();
    },
  };
}
