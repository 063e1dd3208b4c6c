// What a route tells the audit trail, declared beside the route: that it is a look at personal data or an act,
// whom it is about, and what was changed. An act is told inside the transaction that does it; a look before
// its answer leaves. What was refused is told as well.

import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { AsyncLocalStorage } from 'node:async_hooks';
import { UserError } from '../../core/errors.ts';
import { isSubjectKey, subjectKey } from '../../core/subject.ts';
import type { Clock } from '../../core/time.ts';
import type { AuditEntry, AuditTrail } from '../../security/audit/audit-entry.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { Records, RecordsTransaction } from '../../warehouse/records.ts';
import type { Guard } from '../http/sessions.ts';

type Detail = AuditEntry['detail'];

export type RouteAudit = {
  readonly kind: 'look' | 'act';
  /** `part.act`. */
  readonly action: string;
  /** Why the data is asked for, where the policy asks for no purpose. */
  readonly purpose: string;
  /** Whom it is about; `answer` is undefined for a refusal or a file. */
  readonly subjects?: (answer: unknown, request: FastifyRequest) => readonly string[];
  readonly reason?: (request: FastifyRequest) => string | undefined;
  readonly detail?: (answer: unknown, request: FastifyRequest) => Detail;
  /** What the act may change, read before and after it in its transaction. */
  readonly state?: (trx: RecordsTransaction, request: FastifyRequest) => Promise<Detail>;
  /** A look that is the same again within ten minutes is told once: pages ask by themselves. */
  readonly isRepeated?: boolean;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    audit?: RouteAudit;
  }
}

export type RouteRecorder = {
  /** For desks: acts in these transactions are told in them. */
  readonly records: Records;
  /** For routes: remembers who asked. */
  guarded(guard: Guard): Guard;
};

type Telling = {
  readonly audit: RouteAudit;
  readonly request: FastifyRequest;
  isTold: boolean;
};

/** Tells of every route that is registered after this and declares what it tells. */
export function recordRoutes(
  app: FastifyInstance,
  deps: { readonly records: Records; readonly audit: AuditTrail; readonly clock: Clock },
): RouteRecorder {
  const { records, audit, clock } = deps;
  const accounts = new WeakMap<FastifyRequest, Account>();
  const purposes = new WeakMap<FastifyRequest, string>();
  const tellings = new WeakMap<FastifyRequest, Telling>();
  const acting = new AsyncLocalStorage<Telling>();
  const isNew = createRepeats(clock);

  const entryOf = (
    { audit: about, request }: Telling,
    outcome: AuditEntry['outcome'],
    more: { answer?: unknown; changed?: Detail } = {},
  ): AuditEntry | undefined => {
    const account = accounts.get(request);
    // Who is not known was refused by the guard, which tells of that itself.
    if (!account) return undefined;
    const { answer, changed = {} } = more;
    return {
      atMs: clock.now(),
      actor: account.id,
      action: about.action,
      outcome,
      subjects: (about.subjects?.(answer, request) ?? []).filter(isSubjectKey).map(subjectKey),
      purpose: purposes.get(request) ?? about.purpose,
      reason: about.reason?.(request) ?? null,
      detail: { ...idsOf(request), ...about.detail?.(answer, request), ...changed },
    };
  };

  const tell = async (telling: Telling, answer: unknown) => {
    if (telling.isTold) return;
    telling.isTold = true;
    const entry = entryOf(telling, 'done', { answer });
    if (!entry || (telling.audit.isRepeated && !isNew(entry))) return;
    await audit.note(entry);
  };

  const tellRefusal = async (telling: Telling, error: unknown) => {
    if (telling.isTold) return;
    telling.isTold = true;
    const isRefusal = error instanceof UserError;
    const changed = { code: isRefusal ? error.code : 'internal' };
    const entry = entryOf(telling, isRefusal ? 'refused' : 'failed', { changed });
    if (entry) await audit.note(entry);
  };

  app.addHook('onRoute', (route: RouteOptions) => {
    const about = route.config?.audit;
    if (!about || route.method === 'HEAD') return;
    const { handler } = route;
    route.handler = async function told(this: FastifyInstance, request, reply) {
      const telling: Telling = { audit: about, request, isTold: false };
      tellings.set(request, telling);
      const run = () => handler.call(this, request, reply) as Promise<unknown>;
      try {
        const answer = await (about.kind === 'act' ? acting.run(telling, run) : run());
        // What went out by itself was told on its way; see the hook below.
        if (answer !== reply) await tell(telling, answer);
        return answer;
      } catch (error) {
        await tellRefusal(telling, error);
        throw error;
      }
    };
  });
  app.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply) => {
    const telling = tellings.get(request);
    if (telling && reply.statusCode < 400) await tell(telling, undefined);
  });

  return {
    records: {
      ...records,
      async transaction(run) {
        const telling = acting.getStore();
        if (!telling || telling.isTold) return records.transaction(run);
        const { state } = telling.audit;
        const result = await records.transaction(async (trx) => {
          const before = await state?.(trx, telling.request);
          const answer = await run(trx);
          const after = await state?.(trx, telling.request);
          const entry = entryOf(telling, 'done', { answer, changed: changesOf(before, after) });
          if (entry) await audit.record(trx, entry);
          return answer;
        });
        telling.isTold = true;
        return result;
      },
    },
    guarded: (guard) => ({
      ...guard,
      async require(request, ...roles) {
        const account = await guard.require(request, ...roles);
        accounts.set(request, account);
        return account;
      },
      async allow(request, fn, about) {
        const tellsItself = request.routeOptions.config.audit !== undefined;
        const permit = await guard.allow(request, fn, {
          ...about,
          ...(tellsItself && { tellsLater: true }),
        });
        accounts.set(request, permit.account);
        if (permit.purpose !== null) purposes.set(request, permit.purpose);
        // What is declared beside the route is told once, with more than the guard knows.
        return tellsItself ? { ...permit, tell: () => Promise.resolve() } : permit;
      },
    }),
  };
}

/** Ids in the address say what it was about. */
function idsOf(request: FastifyRequest): Detail {
  const params = (request.params ?? {}) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, String(value).slice(0, 80)]),
  );
}

/** `status` that went from new to closed becomes `beforeStatus` and `afterStatus`. */
function changesOf(before: Detail | undefined, after: Detail | undefined): Detail {
  if (!before || !after) return {};
  const changed = Object.keys(after).filter((key) => before[key] !== after[key]);
  return Object.fromEntries(
    changed.flatMap((key) => {
      const name = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
      return [
        [`before${name}`, before[key] ?? null],
        [`after${name}`, after[key] ?? null],
      ];
    }),
  );
}

const AGAIN_MS = 10 * 60_000;
const REMEMBERED_MAX = 10_000;

function createRepeats(clock: Clock): (entry: AuditEntry) => boolean {
  const seen = new Map<string, number>();
  return ({ actor, action, subjects }) => {
    const nowMs = clock.now();
    const key = [actor, action, ...subjects].join(' ');
    const last = seen.get(key);
    if (last !== undefined && nowMs - last < AGAIN_MS) return false;
    if (seen.size >= REMEMBERED_MAX) seen.clear();
    seen.set(key, nowMs);
    return true;
  };
}
