// What the routes tell, in few words: who is in an answer, and what of an alert its acts change.

import type { FastifyRequest } from 'fastify';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { RouteAudit } from './route-audit.ts';

/** The person an answer about one alert is about. */
const ofOne = (answer: unknown): string[] => {
  const { subject } = (answer ?? {}) as { subject?: unknown };
  return typeof subject === 'string' ? [subject] : [];
};

/** The persons in a list of alerts, wherever in the answer it stands. */
export const ofMany = (answer: unknown): string[] => {
  const found = new Set<string>();
  const walk = (value: unknown, depth: number) => {
    if (depth > 4 || value === null || typeof value !== 'object') return;
    if (Array.isArray(value)) {
      for (const one of value) walk(one, depth + 1);
      return;
    }
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'subject' && typeof inner === 'string') found.add(inner);
      else walk(inner, depth + 1);
    }
  };
  walk(answer, 0);
  return [...found];
};

const bodyText = (name: string) => (request: FastifyRequest) => {
  const value = ((request.body ?? {}) as Record<string, unknown>)[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
};

const idOf = (request: FastifyRequest): string => (request.params as { id?: string }).id ?? '';

/** What acts on an alert change. */
async function alertState(trx: RecordsTransaction, request: FastifyRequest) {
  const row = await trx
    .selectFrom('alert')
    .leftJoin('alertTask', 'alertTask.alertId', 'alert.id')
    .select([
      'alert.status',
      'alert.level',
      'alert.feedbackResult',
      'alert.acts',
      'alertTask.officer',
      'alertTask.bureau',
      'alertTask.offeredBureau',
    ])
    .where('alert.id', '=', idOf(request))
    .executeTakeFirst();
  return { ...row };
}

/** A look at one alert, and with it at its person. */
export const lookAtAlert = (action: string): RouteAudit => ({
  kind: 'look',
  action,
  purpose: 'handling',
  subjects: ofOne,
});

/** A list of alerts; pages ask for it by themselves again and again. */
export const lookAtAlerts = (action: string): RouteAudit => ({
  kind: 'look',
  action,
  purpose: 'handling',
  subjects: ofMany,
  isRepeated: true,
});

/** An act on an alert, with what it changed. */
export const actOnAlert = (action: string): RouteAudit => ({
  kind: 'act',
  action,
  purpose: 'handling',
  subjects: ofOne,
  state: alertState,
  reason: (request) => bodyText('reason')(request) ?? bodyText('note')(request),
});

/** Any other act; of the body the named fields are kept, which are codes and times, never free words. */
export const actOn = (
  action: string,
  purpose: string,
  fields: readonly string[] = [],
): RouteAudit => ({
  kind: 'act',
  action,
  purpose,
  subjects: ofMany,
  reason: (request) => bodyText('reason')(request) ?? bodyText('purpose')(request),
  detail: (answer, request) => ({ ...madeId(answer), ...pick(request.body, fields) }),
});

/** Any other look. */
export const lookAt = (
  action: string,
  purpose: string,
  fields: readonly string[] = [],
): RouteAudit => ({
  kind: 'look',
  action,
  purpose,
  subjects: (_answer, request) =>
    [request.query, request.body].flatMap((given) => subjectsIn(given)),
  detail: (_answer, request) => ({ ...pick(request.query, fields), ...pick(request.body, fields) }),
});

/** The person a question names, at its top or in its track. */
function subjectsIn(given: unknown): string[] {
  const { subject, track } = (given ?? {}) as { subject?: unknown; track?: unknown };
  if (typeof subject === 'string') return [subject];
  return track === undefined ? [] : subjectsIn(track);
}

function madeId(answer: unknown): Record<string, string> {
  if (typeof answer === 'string') return { made: answer };
  const { id } = (answer ?? {}) as { id?: unknown };
  return typeof id === 'string' ? { made: id } : {};
}

const VALUE_CHARS_MAX = 200;

function pick(given: unknown, fields: readonly string[]) {
  const body = (given ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = body[field];
      if (value === undefined || value === null) return [];
      const plain = typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
      const words = typeof value === 'string' ? value : JSON.stringify(value);
      return [[field, plain ?? words.slice(0, VALUE_CHARS_MAX)]];
    }),
  );
}
