// Drills as officers start, watch and end them. Who may do what is decided here, for page and command alike.

import { UserError } from '../../core/errors.ts';
import type { Level } from '../../core/finding.ts';
import type { ChanceIds } from '../../core/ids.ts';
import { isReached } from '../../core/reach.ts';
import { regionName, regionsWithin, type RegionCode } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { ChannelKind, DrillTable } from '../../warehouse/records-schema.ts';
import { loadPolicy } from '../acknowledge.ts';
import type { DeskOfficer } from '../desk-act.ts';
import { loadNames } from '../names.ts';
import { eventColumn, EVENT_TURN } from '../events.ts';
import { referenceOf } from '../texts.ts';
import { drillAlertId } from './drill-finding.ts';
import { drillResult, type DrillResult } from './drill-result.ts';
import { endDrill, findDrill, listDrills, runningDrills } from './drill-store.ts';
import { graveAlert } from './grave-alert.ts';

export type NewDrill = {
  readonly level: Level;
  readonly ruleId: string;
  readonly region: string;
  readonly purpose: string;
};

export type Drill = Omit<DrillTable, 'startedBy' | 'endedBy'> & {
  readonly reference: string;
  readonly startedBy: Text;
  /** Null while it runs and when its time was up. */
  readonly endedBy: Text | null;
  readonly state: 'starting' | 'running' | 'acknowledged' | 'ended';
};

export type DrillReport = {
  readonly drill: Drill;
  readonly result: DrillResult;
  readonly names: Record<string, Text>;
};

export type DrillDesk = {
  /** What this officer may start. */
  may(by: DeskOfficer): {
    readonly levels: readonly Level[];
    readonly regions: readonly RegionCode[];
  };
  /** Starts a drill. Throws UserError `bad-input`, `forbidden`, `conflict`. */
  start(asked: NewDrill, by: DeskOfficer): Promise<Drill>;
  /** The newest drills of the officer's city or county. */
  list(by: DeskOfficer): Promise<Drill[]>;
  /** Throws UserError `not-found`, also for one the officer does not see. */
  get(id: string, by: DeskOfficer): Promise<DrillReport>;
  /** Throws UserError `conflict` when it has ended, or is not on its way yet. */
  end(id: string, by: DeskOfficer): Promise<Drill>;
};

export type DrillDeskDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  /** Ids of the rules a drill can be about. */
  readonly ruleIds: () => readonly string[];
  /** Something is to be done: start, or tell that it is over. */
  readonly onChanged: () => void;
};

const PURPOSE_MAX = 100;

export function createDrillDesk(deps: DrillDeskDeps): DrillDesk {
  const { records, clock, ids } = deps;

  const existing = async (db: RecordsDb | RecordsTransaction, id: string, by: DeskOfficer) => {
    assertOfficer(by);
    const drill = await findDrill(db, id);
    if (drill && isReached(by, drill.region, drill.startedBy)) return drill;
    throw noSuchDrill(id);
  };

  return {
    may: mayStart,
    async start(asked, by) {
      const given = checked(asked, by, deps.ruleIds());
      const id = ids.next('dr');
      const drill: DrillTable = {
        ...given,
        id,
        alertId: drillAlertId(id),
        startedBy: by.accountId,
        startedAtMs: clock.now(),
        appendedAtMs: null,
        endedAtMs: null,
        endedBy: null,
      };
      const shown = await records.transaction(async (trx) => {
        await records.takeTurn(trx, EVENT_TURN);
        await assertMayRunNow(trx, given.region);
        await trx.insertInto('drill').values(drill).execute();
        return show(trx, drill);
      });
      deps.onChanged();
      return shown;
    },
    async list(by) {
      assertOfficer(by);
      const seen = (await listDrills(records.db)).filter(({ region, startedBy }) =>
        isReached(by, region, startedBy),
      );
      return Promise.all(seen.map((drill) => show(records.db, drill)));
    },
    get: (id, by) => records.transaction(async (trx) => reportOf(trx, await existing(trx, id, by))),
    async end(id, by) {
      const ended = await records.transaction(async (trx) => {
        await records.takeTurn(trx, EVENT_TURN);
        const drill = await existing(trx, id, by);
        if (drill.endedAtMs !== null) {
          throw new UserError('conflict', text('演练已经结束', 'the drill is over already'));
        }
        if (!(await endDrill(trx, drill, { by: by.accountId, atMs: clock.now() }))) {
          throw new UserError(
            'conflict',
            text('演练正在发出，请稍后再结束', 'the drill is on its way; end it in a moment'),
          );
        }
        return show(trx, await existing(trx, id, by));
      });
      deps.onChanged();
      return ended;
    },
  };
}

/** Said alike of a drill that is not there and of one that is not the officer's to see. */
export const noSuchDrill = (id: string) =>
  new UserError('not-found', text('没有这次演练', 'there is no such drill'), { detail: `"${id}"` });

function assertOfficer({ role }: DeskOfficer): void {
  if (role === 'city-officer' || role === 'county-officer') return;
  throw new UserError(
    'forbidden',
    text('只有市、县值班人员可以组织演练', 'only city and county officers run drills'),
  );
}

/** A drill of level 1 calls the city: only the city starts one. */
function mayStart(by: DeskOfficer): { levels: readonly Level[]; regions: readonly RegionCode[] } {
  assertOfficer(by);
  const own =
    by.role === 'city-officer' ? regionsWithin(by.region).map(({ code }) => code) : [by.region];
  return {
    levels: by.role === 'city-officer' ? [1, 2, 3] : [2, 3],
    regions: own.filter((region) => isReached(by, region)),
  };
}

function checked(asked: NewDrill, by: DeskOfficer, ruleIds: readonly string[]) {
  const { levels, regions } = mayStart(by);
  const { level, ruleId } = asked;
  if (!levels.includes(level)) {
    throw new UserError(
      'forbidden',
      text(
        '一级演练会呼叫市局，只能由市局发起',
        'a level-1 drill calls the city; the city starts it',
      ),
    );
  }
  const region = regions.find((code) => code === asked.region);
  if (region === undefined) {
    throw new UserError(
      'forbidden',
      text('只能对本辖区的县市区组织演练', 'a drill is about a county of your own'),
      {
        detail: `"${asked.region}"`,
        hint: text(
          `可选：${regions.map((code) => `${code} ${regionName(code).zh}`).join('、')}`,
          `Known: ${regions.map((code) => `${code} ${regionName(code).en}`).join(', ')}.`,
        ),
      },
    );
  }
  if (!ruleIds.includes(ruleId)) {
    throw new UserError('bad-input', text('没有这条规则', 'there is no such rule'), {
      detail: `"${ruleId}"`,
      hint: text(`可选：${ruleIds.join('、')}`, `Known: ${ruleIds.join(', ')}.`),
    });
  }
  const purpose = asked.purpose.replace(/\s+/g, ' ').trim();
  if (purpose.length < 2 || purpose.length > PURPOSE_MAX) {
    throw new UserError(
      'bad-input',
      text('请写明演练目的', 'what the drill is for is missing, or too long'),
      {
        hint: text(
          `2 至 ${PURPOSE_MAX} 个字，如“季度应急演练”。`,
          `2 to ${PURPOSE_MAX} characters, such as "quarterly drill".`,
        ),
      },
    );
  }
  return { level, ruleId, region, purpose };
}

/** What is real goes first, and two drills of one county would be taken for one another. */
async function assertMayRunNow(trx: RecordsTransaction, region: RegionCode): Promise<void> {
  const grave = await graveAlert(trx);
  if (grave) {
    throw new UserError(
      'conflict',
      text('有一级预警尚未确认，不能开始演练', 'a real level-1 alert is not acknowledged yet'),
      {
        detail: referenceOf(grave.id),
        hint: text('请先处置该预警，再组织演练。', 'See to that alert first.'),
      },
    );
  }
  const running = (await runningDrills(trx)).find((drill) => drill.region === region);
  if (!running) return;
  throw new UserError(
    'conflict',
    text('该县市区正在演练，请先结束', 'a drill of this county is running; end it first'),
    { detail: referenceOf(running.alertId) },
  );
}

const alertOf = (db: RecordsDb | RecordsTransaction, { alertId }: DrillTable) =>
  db
    .selectFrom('alert')
    .select(['status', 'acknowledgedAtMs', 'closedAtMs', 'closedBy'])
    .where('id', '=', alertId)
    .executeTakeFirst();

async function show(db: RecordsDb | RecordsTransaction, drill: DrillTable): Promise<Drill> {
  const alert = await alertOf(db, drill);
  // Closed like any other alert, it is over just the same.
  const endedAtMs = drill.endedAtMs ?? alert?.closedAtMs ?? null;
  const endedBy = drill.endedBy ?? alert?.closedBy ?? null;
  const people = [drill.startedBy, ...(endedBy === null ? [] : [endedBy])];
  const names = await loadNames(db, people);
  const nameOf = (id: string): Text => names.get(id) ?? text(id, id);
  return {
    ...drill,
    reference: referenceOf(drill.alertId),
    startedBy: nameOf(drill.startedBy),
    endedAtMs,
    endedBy: endedBy === null || endedBy === BY_LIMIT ? null : nameOf(endedBy),
    state:
      endedAtMs !== null
        ? 'ended'
        : alert === undefined
          ? 'starting'
          : alert.status === 'new'
            ? 'running'
            : 'acknowledged',
  };
}

/** Officers who sign in with these accounts. */
async function officersOf(
  trx: RecordsTransaction,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (accountIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom('account')
    .select(['id', 'officerId'])
    .where('id', 'in', accountIds)
    .execute();
  return new Map(
    rows.flatMap(({ id, officerId }) => (officerId === null ? [] : [[id, officerId]])),
  );
}

/** Who ended a drill nobody ended. */
export const BY_LIMIT = 'limit';

async function reportOf(trx: RecordsTransaction, drill: DrillTable): Promise<DrillReport> {
  const { alertId, startedAtMs } = drill;
  const alert = await alertOf(trx, drill);
  const events = await trx
    .selectFrom('alertEvent')
    .select('body')
    .where('alertId', '=', alertId)
    .orderBy('seq')
    .execute();
  const notices = await trx
    .selectFrom('outbox')
    .selectAll()
    .where('alertId', '=', alertId)
    .where('channel', '!=', 'canary')
    .$narrowType<{ channel: ChannelKind }>()
    .orderBy('createdAtMs')
    .orderBy('id')
    .execute();
  const timeline = events.map(({ body }) => eventColumn.decode(body));
  const result = drillResult({
    startedAtMs,
    alert,
    awaits: alert ? (await loadPolicy(trx, alertId)).awaits : [],
    events: timeline,
    officerOf: await officersOf(trx, [...new Set(timeline.map(({ actor }) => actor))]),
    notices,
  });
  const people = [
    ...result.persons.map(({ officer }) => officer),
    ...result.sides.flatMap(({ by }) => by ?? []),
  ];
  const names = await loadNames(trx, [...new Set(people)]);
  return { drill: await show(trx, drill), result, names: Object.fromEntries(names) };
}
