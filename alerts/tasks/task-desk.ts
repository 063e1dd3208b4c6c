// What officers do with tasks: assign, hand over, accept, decline, take back, open an alert again; and what each
// of them has to do. Every act is one transaction with its event; see task-acts.ts for who may.

import type { RegionCode } from '../../core/region.ts';
import { UserError } from '../../core/errors.ts';
import { text, type Text } from '../../core/text.ts';
import type { EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import type { AlertTaskTable } from '../../warehouse/records-tasks.ts';
import {
  conflict,
  countAct,
  personOf,
  runAct,
  runActs,
  type ActDeps,
  type DeskOfficer,
  type Seen,
} from '../desk-act.ts';
import { loadDetail, type AlertDetail, type DetailDeps } from '../desk-detail.ts';
import type { DutyOfficers } from '../duty-officers.ts';
import { alertEvent, writeEvents, type EventFacts } from '../events.ts';
import type { Person } from '../names.ts';
import {
  decideAccept,
  decideAssign,
  decideDecline,
  decideHandOver,
  decideReopen,
  decideTakeBack,
  type TaskRefusal,
  type TaskState,
} from './task-acts.ts';
import { onDuty, tellOfTask } from './task-notices.ts';
import { ANSWER_DEFAULTS } from './task-options.ts';
import { changeTask, findTask, moveTask, NO_OFFER, restartTask, startTask } from './task-store.ts';
import type { TaskNoticeKind } from './task-texts.ts';

type By = DeskOfficer & Seen & { readonly note: string };

/** Every act throws UserError `conflict` when alert or task are not in a state for it, `forbidden` when not this officer's to do. */
export type TaskDesk = {
  /** To an officer of one's own bureau, at once. Throws `bad-input` for an officer nobody knows. */
  assign(id: string, by: By & { readonly officer: string }): Promise<AlertDetail>;
  /** To a bureau, or one officer of it, who must accept. */
  handOver(
    id: string,
    by: By & { readonly bureau: RegionCode; readonly officer: string | null },
  ): Promise<AlertDetail>;
  /** Several at once to one receiver: all of them are offered, or none when one of them cannot be. */
  handOverMany(
    tasks: readonly ({ readonly id: string } & Seen)[],
    by: Omit<By, 'acts'> & { readonly bureau: RegionCode; readonly officer: string | null },
  ): Promise<void>;
  accept(id: string, by: By): Promise<AlertDetail>;
  decline(id: string, by: By): Promise<AlertDetail>;
  takeBack(id: string, by: By): Promise<AlertDetail>;
  /** Opens a closed alert again; what was found before is kept, and has to be found anew. */
  reopen(id: string, by: By): Promise<AlertDetail>;
};

export type TaskDeskDeps = ActDeps & DetailDeps & { readonly dutyOfficers: DutyOfficers };

/** What an act is given: the alert in its transaction, and who acts. */
type Scene = {
  readonly deps: TaskDeskDeps;
  readonly trx: RecordsTransaction;
  readonly alert: AlertTable;
  readonly task: AlertTaskTable | undefined;
  readonly state: TaskState;
  readonly person: Person;
  readonly by: By;
  readonly atMs: EpochMs;
};

export function createTaskDesk(deps: TaskDeskDeps): TaskDesk {
  const runOn = async (
    { trx, alert, by }: Pick<Scene, 'trx' | 'alert' | 'by'>,
    run: (scene: Scene) => Promise<void>,
  ) => {
    const task = await findTask(trx, alert.id);
    const person = await personOf(trx, by);
    const state = stateOf(alert, task);
    const atMs = deps.clock.now();
    await run({ deps, trx, alert, task, state, person, by, atMs });
    await countAct(trx, alert.id);
  };
  const act = (id: string, by: By, run: (scene: Scene) => Promise<void>) =>
    runAct(
      deps,
      { id, by, seen: by },
      (trx, alert) => runOn({ trx, alert, by }, run),
      (trx, row) => loadDetail(trx, row, deps),
    );
  return {
    assign: (id, by) => act(id, by, (scene) => assign(scene, by.officer)),
    handOver: (id, by) => act(id, by, (scene) => handOver(scene, by)),
    handOverMany: (tasks, by) =>
      runActs(deps, { each: tasks, by }, (trx, alert) =>
        runOn({ trx, alert, by }, (scene) => handOver(scene, by)),
      ),
    accept: (id, by) => act(id, by, accept),
    decline: (id, by) => act(id, by, decline),
    takeBack: (id, by) => act(id, by, takeBack),
    reopen: (id, by) => act(id, by, reopen),
  };
}

async function assign(scene: Scene, officerId: string): Promise<void> {
  const { trx, alert, task, state, person, by, atMs, deps } = scene;
  const to = await candidate(trx, officerId, person);
  const moved = allowed(decideAssign(state, person, to));
  const given = { ...moved, givenBy: by.accountId, cameBy: 'assigned' as const, atMs };
  const dueAtMs = task
    ? task.dueAtMs
    : (
        await startTask(trx, alert, {
          person: to,
          givenBy: by.accountId,
          cameBy: 'assigned',
          atMs,
          periods: deps.answers ?? ANSWER_DEFAULTS,
        })
      ).dueAtMs;
  if (task) {
    const { kind: _kind, ...change } = given;
    await moveTask(trx, alert.id, change);
  }
  await note(scene, 'assigned', { to: to.id, ...(task?.officer ? { from: task.officer } : {}) });
  if (to.id !== person.id) await tell(scene, 'assigned', [to.id], dueAtMs);
}

async function handOver(
  scene: Scene,
  { bureau, officer }: { bureau: RegionCode; officer: string | null },
): Promise<void> {
  const { deps, trx, alert, task, state, person, by, atMs } = scene;
  const to = officer === null ? undefined : await candidate(trx, officer, person);
  const { offer } = allowed(
    decideHandOver(state, person, { bureau: to?.bureau ?? bureau, officer: to?.id ?? null }),
  );
  await changeTask(trx, alert.id, {
    offeredBureau: offer.bureau,
    offeredOfficer: offer.officer,
    offeredBy: by.accountId,
    offeredAtMs: atMs,
    offerNote: by.note,
  });
  await note(scene, 'handed-over', {
    toBureau: offer.bureau,
    ...(offer.officer === null ? {} : { to: offer.officer }),
  });
  const told = offer.officer
    ? [offer.officer]
    : await onDuty(deps, trx, { bureau: offer.bureau, atMs });
  await tell(scene, 'offered', told, task?.dueAtMs ?? atMs);
}

async function accept(scene: Scene): Promise<void> {
  const { trx, alert, task, state, person, by, atMs } = scene;
  const { bureau, officer } = allowed(decideAccept(state, person));
  await moveTask(trx, alert.id, {
    bureau,
    officer,
    givenBy: task?.offeredBy ?? by.accountId,
    cameBy: 'handed-over',
    atMs,
  });
  await note(scene, 'accepted', task?.officer ? { from: task.officer } : {});
  await tell(scene, 'accepted', formerOf(scene), task?.dueAtMs ?? atMs);
}

async function decline(scene: Scene): Promise<void> {
  const { trx, alert, task, state, person, atMs } = scene;
  allowed(decideDecline(state, person));
  await changeTask(trx, alert.id, NO_OFFER);
  await note(scene, 'declined', {});
  await tell(scene, 'declined', formerOf(scene), task?.dueAtMs ?? atMs);
}

async function takeBack(scene: Scene): Promise<void> {
  const { trx, alert, state, person } = scene;
  allowed(decideTakeBack(state, person));
  await changeTask(trx, alert.id, NO_OFFER);
  await note(scene, 'taken-back', {});
}

async function reopen(scene: Scene): Promise<void> {
  const { deps, trx, alert, state, person, by, atMs } = scene;
  const answers = deps.answers ?? ANSWER_DEFAULTS;
  allowed(decideReopen(state, person, { ...answers, nowAtMs: atMs }));
  await trx
    .updateTable('alert')
    .set({
      status: alert.acknowledgedAtMs === null ? 'new' : 'acknowledged',
      closedAtMs: null,
      closedBy: null,
      // What was found is in doubt: it counts again when somebody has looked again.
      feedbackResult: null,
      feedbackNote: null,
      feedbackAtMs: null,
      feedbackBy: null,
    })
    .where('id', '=', alert.id)
    .execute();
  const task =
    (await restartTask(trx, alert, atMs)) ??
    (await startTask(trx, alert, {
      person,
      givenBy: by.accountId,
      cameBy: 'reopened',
      atMs,
      periods: answers,
    }));
  await changeTask(trx, alert.id, { givenBy: by.accountId, cameBy: 'reopened', sinceMs: atMs });
  await note(scene, 'reopened', { because: 'officer', dueAtMs: task.dueAtMs });
  if (task.officer && task.officer !== person.id) {
    await tell(scene, 'reopened', [task.officer], task.dueAtMs);
  }
}

/** The act's event; acts are counted, so that each is another. */
async function note(
  { trx, alert, by, atMs }: Scene,
  kind: EventFacts['kind'],
  details: EventFacts['details'],
): Promise<void> {
  const said = by.note.trim() === '' ? {} : { note: by.note };
  await writeEvents(trx, [
    alertEvent(alert, {
      kind,
      key: [alert.acts],
      atMs,
      actor: by.accountId,
      details: { ...details, ...said },
    }),
  ]);
}

const tell = (
  { trx, alert, atMs }: Scene,
  kind: TaskNoticeKind,
  to: readonly string[],
  dueAtMs: number,
): Promise<void> => tellOfTask(trx, alert, { kind, to, dueAtMs, atMs });

/** Whoever had the task, and whoever offered it, but for the one who acts. */
const formerOf = ({ task, person }: Scene): string[] =>
  [task?.officer].filter((id): id is string => typeof id === 'string' && !person.ids.includes(id));

/** An active officer, or oneself. */
async function candidate(
  trx: RecordsTransaction,
  id: string,
  person: Person,
): Promise<{ id: string; bureau: RegionCode }> {
  if (person.ids.includes(id)) return { id: person.id, bureau: person.bureau };
  const officer = await trx
    .selectFrom('officer')
    .select(['id', 'region'])
    .where('id', '=', id)
    .where('active', '=', 1)
    .executeTakeFirst();
  if (officer) return { id: officer.id, bureau: officer.region };
  throw new UserError('bad-input', text('没有这名在岗人员', 'there is no such active officer'), {
    detail: `"${id}"`,
    hint: text('请从名单中选择。', 'Choose one of the list.'),
  });
}

const stateOf = (alert: AlertTable, task: AlertTaskTable | undefined): TaskState => ({
  status: alert.status,
  isWithdrawn: alert.withdrawnAtMs !== null,
  region: alert.region,
  closedAtMs: alert.closedAtMs,
  closedBy: alert.closedBy,
  task: task && {
    bureau: task.bureau,
    officer: task.officer,
    offer:
      task.offeredBureau === null
        ? undefined
        : {
            bureau: task.offeredBureau,
            officer: task.offeredOfficer,
            by: task.offeredBy ?? '',
          },
  },
});

function allowed<Done extends { readonly kind: string }>(
  outcome: Done | { readonly kind: 'refused'; readonly because: TaskRefusal },
): Exclude<Done, { kind: 'refused' }> {
  if (outcome.kind !== 'refused') return outcome as Exclude<Done, { kind: 'refused' }>;
  const { because } = outcome as { because: TaskRefusal };
  const [says, hint] = REFUSED[because];
  if (FORBIDDEN.has(because)) throw new UserError('forbidden', says, hint ? { hint } : {});
  throw conflict(says, hint);
}

const FORBIDDEN: ReadonlySet<TaskRefusal> = new Set([
  'not-yours',
  'not-offered-to-you',
  'reopen-not-you',
]);

const REFUSED: Readonly<Record<TaskRefusal, readonly [says: Text, hint?: Text]>> = {
  'alert-closed': [text('预警已经办结', 'the alert is closed')],
  'alert-open': [text('预警尚未办结，无需重新打开', 'the alert is not closed')],
  'alert-withdrawn': [text('预警已撤回，没有需要办理的任务', 'the alert is withdrawn')],
  'no-task': [
    text('这起预警还没有责任人', 'nobody is responsible for the alert yet'),
    text('请先确认收到，或指派责任人。', 'Acknowledge it, or assign it first.'),
  ],
  'other-bureau': [
    text('只能指派给本单位人员', 'a task is assigned within the bureau'),
    text('交给其他单位请用“移交”。', 'Hand it over to give it to another bureau.'),
  ],
  'not-yours': [
    text('这项任务不由您负责', 'this task is not yours to give'),
    text(
      '由责任人或其单位领导指派、移交；本单位人员可以接手。',
      'Who has it, or a leader of the bureau, gives it on; an officer of the bureau may take it over.',
    ),
  ],
  'has-it': [text('任务已在该单位或该人员名下', 'they have the task already')],
  'offered-already': [
    text('任务正在移交，等待对方接收', 'the task is being handed over'),
    text('需要改交他人的，请先撤回移交。', 'Take the hand-over back first.'),
  ],
  'nothing-offered': [
    text('没有等待接收的移交，可能已被撤回或由他人接收', 'nothing is offered any more'),
  ],
  'not-offered-to-you': [text('这项移交不是给您的', 'this hand-over is not to you')],
  'cannot-see': [
    text('该单位无权查看此预警，不能移交', 'that bureau may not see the alert'),
    text(
      '只能移交给预警所属县（市、区）局或市局。',
      'It can go to the bureau of its county, or to the city.',
    ),
  ],
  'reopen-too-late': [
    text('已超过可以重新打开的期限', 'the time to open it again has passed'),
    text('确有必要的，请通过异议程序处理。', 'Where needed, an objection can still be recorded.'),
  ],
  'reopen-not-you': [text('您无权重新打开这起预警', 'you may not open this alert again')],
};
