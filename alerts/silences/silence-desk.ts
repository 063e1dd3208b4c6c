// What officers do with silences: propose, approve what somebody else proposed, end early, look. What a
// silence hides is counted from the alerts themselves, whenever it is asked for.

import { UserError } from '../../core/errors.ts';
import { isReached } from '../../core/reach.ts';
import { isWithin } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { epochMs, type Clock, type EpochMs } from '../../core/time.ts';
import type { Logger } from '../../core/logger.ts';
import type { Records, RecordsTransaction } from '../../warehouse/records.ts';
import type { SilenceMatcher } from '../../warehouse/records-schema.ts';
import { handlingScope, type DeskOfficer } from '../desk-act.ts';
import { loadNames } from '../names.ts';
import { EVENT_TURN } from '../events.ts';
import { checkNewSilence } from './check-silence.ts';
import { countHidden, previewSilence, type SilencePreview } from './count-hidden.ts';
import { needsApproval, needsCity, SILENCE_LIMITS, stateOf } from './silence.ts';
import type { Silence, SilenceLimits, SilenceState } from './silence.ts';
import { addAct, addSilence, findSilence, listSilences } from './silence-store.ts';

export type SilenceView = Silence & {
  readonly state: SilenceState;
  /** Alerts it hides now that nobody has taken, and all it ever hid. */
  readonly hidesNow: number;
  readonly hid: number;
  /** Names of the people in it, by the id it carries. */
  readonly names: Record<string, Text>;
};

export type NewSilence = {
  readonly matcher: SilenceMatcher;
  readonly coversOpen: boolean;
  readonly reason: string;
  /** Now when left out. */
  readonly fromMs?: number | undefined;
  readonly untilMs: number;
};

export type SilenceDesk = {
  /** Those that concern the officer's city or county, the newest first. */
  list(by: DeskOfficer): Promise<SilenceView[]>;
  /** What such a silence would hide now, and would have hidden in the seven days before. */
  preview(matcher: SilenceMatcher, by: DeskOfficer): Promise<SilencePreview>;
  /** Throws UserError `bad-input` with what is wrong. */
  propose(silence: NewSilence, by: DeskOfficer): Promise<SilenceView>;
  /** Throws UserError `conflict` unless it waits, `forbidden` for its own author. */
  approve(id: string, by: DeskOfficer & { readonly reason: string }): Promise<SilenceView>;
  /** Ends it early, or refuses it. Throws UserError `conflict` when it is over. */
  end(id: string, by: DeskOfficer & { readonly reason: string }): Promise<SilenceView>;
};

export type SilenceDeskDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: SilenceLimits;
};

/** Enough to look back; older ones stay in the records. */
const SILENCES_MAX = 200;

export function createSilenceDesk(deps: SilenceDeskDeps): SilenceDesk {
  const { records, clock, logger, limits = SILENCE_LIMITS } = deps;
  const act = (id: string, by: DeskOfficer, run: ActOn) =>
    records.transaction(async (trx) => {
      await records.takeTurn(trx, EVENT_TURN);
      const nowAtMs = clock.now();
      const silence = await findSilence(trx, id);
      handlingScope(by);
      if (!silence || !concerns(silence, by)) throw noSuchSilence(id);
      if (!isReached(by, silence.region, silence.author)) throw aboveYou();
      await run(trx, silence, nowAtMs);
      return viewOf(trx, id, nowAtMs);
    });

  return {
    list: (by) =>
      records.transaction(async (trx) => {
        handlingScope(by);
        const silences = await listSilences(trx, SILENCES_MAX);
        return viewsOf(
          trx,
          silences.filter((silence) => concerns(silence, by)),
          clock.now(),
        );
      }),
    preview(matcher, by) {
      handlingScope(by);
      return previewSilence(records.db, { matcher, region: by.region }, clock.now());
    },
    async propose(given, by) {
      handlingScope(by);
      const { accountId: author, role: authorRole, region } = by;
      const view = await records.transaction(async (trx) => {
        await records.takeTurn(trx, EVENT_TURN);
        const createdAtMs = clock.now();
        const fromMs = epochMs(Math.max(given.fromMs ?? createdAtMs, createdAtMs));
        const untilMs = epochMs(given.untilMs);
        checkNewSilence({ ...given, fromMs, region }, limits);
        const { matcher, coversOpen } = given;
        const id = await addSilence(trx, {
          matcher,
          coversOpen,
          region,
          author,
          authorRole,
          fromMs,
          untilMs,
          createdAtMs,
          needsApproval: needsApproval(matcher.levels),
          reason: given.reason.trim(),
        });
        return viewOf(trx, id, createdAtMs);
      });
      const { id: silenceId, matcher } = view;
      logger.info('alerts.silence-proposed', { silenceId, levels: matcher.levels.join(' ') });
      return view;
    },
    async approve(id, by) {
      const view = await act(id, by, async (trx, silence, atMs) => {
        if (stateOf(silence, atMs) !== 'pending') throw conflict(NOT_PENDING);
        if (await isSamePerson(trx, silence.author, by.accountId)) throw secondPerson();
        if (needsCity(silence, [silence.authorRole, by.role])) throw cityNeeded();
        const { accountId: actor, reason } = by;
        await addAct(trx, { silenceId: id, kind: 'approved', actor, reason: reason.trim(), atMs });
      });
      logger.info('alerts.silence-approved', { silenceId: id });
      return view;
    },
    async end(id, by) {
      const view = await act(id, by, async (trx, silence, atMs) => {
        const state = stateOf(silence, atMs);
        if (state === 'ended' || state === 'expired' || state === 'lapsed') throw conflict(IS_OVER);
        const { accountId: actor, reason } = by;
        await addAct(trx, { silenceId: id, kind: 'ended', actor, reason: reason.trim(), atMs });
      });
      logger.info('alerts.silence-ended', { silenceId: id });
      return view;
    },
  };
}

type ActOn = (trx: RecordsTransaction, silence: Silence, nowAtMs: EpochMs) => Promise<void>;

/** A county sees what the city silenced over it, and the city what a county did. */
const concerns = ({ region, author }: Silence, by: DeskOfficer): boolean =>
  isReached(by, region, author) || (region !== by.region && isWithin(by.region, region));

async function viewOf(trx: RecordsTransaction, id: string, nowAtMs: EpochMs): Promise<SilenceView> {
  const silence = await findSilence(trx, id);
  const [view] = await viewsOf(trx, silence ? [silence] : [], nowAtMs);
  if (!view) throw noSuchSilence(id);
  return view;
}

async function viewsOf(
  trx: RecordsTransaction,
  silences: readonly Silence[],
  nowAtMs: EpochMs,
): Promise<SilenceView[]> {
  const counts = await countHidden(
    trx,
    silences.map(({ id }) => id),
  );
  const people = silences.flatMap(({ author, acts }) => [
    author,
    ...[acts.approved, acts.ended].flatMap((act) => act?.actor ?? []),
  ]);
  const names = await loadNames(trx, [...new Set(people)]);
  return silences.map((silence) => ({
    ...silence,
    state: stateOf(silence, nowAtMs),
    hidesNow: counts.get(silence.id)?.now ?? 0,
    hid: counts.get(silence.id)?.ever ?? 0,
    names: Object.fromEntries(
      [...names].filter(([id]) =>
        [silence.author, silence.acts.approved?.actor, silence.acts.ended?.actor].includes(id),
      ),
    ),
  }));
}

/** One account or two accounts of one officer. */
async function isSamePerson(trx: RecordsTransaction, a: string, b: string): Promise<boolean> {
  if (a === b) return true;
  const rows = await trx
    .selectFrom('account')
    .select('officerId')
    .where('id', 'in', [a, b])
    .where('officerId', 'is not', null)
    .execute();
  const [first, second] = rows;
  return first !== undefined && second !== undefined && first.officerId === second.officerId;
}

const conflict = (says: Text) => new UserError('conflict', says);

const NOT_PENDING = text('这条静默不在待批准状态', 'this silence does not wait for approval');
const IS_OVER = text('这条静默已经结束', 'this silence is over');

const secondPerson = () =>
  new UserError(
    'forbidden',
    text('申请人不能批准自己的静默', 'nobody approves a silence of their own'),
    {
      hint: text('请由另一名值班人员批准。', 'Another officer has to approve it.'),
    },
  );

const cityNeeded = () =>
  new UserError(
    'forbidden',
    text(
      '一级预警的静默须有市局人员参与',
      'a silence of level 1 takes somebody of the city bureau',
    ),
    { hint: text('请由市局值班人员批准。', 'An officer of the city has to approve it.') },
  );

const aboveYou = () =>
  new UserError(
    'forbidden',
    text('上级单位的静默只能由上级单位处理', 'a silence of the bureau above is theirs to handle'),
  );

const noSuchSilence = (id: string) =>
  new UserError('not-found', text('没有这条静默', 'there is no such silence'), {
    detail: `"${id}"`,
  });
