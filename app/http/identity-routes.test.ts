// Who may look, ask for many and decide, before the real guard: the matrix holds at the routes of identities too.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { IDENTITIES_PASSWORD, openIdentitiesApp, PERSONS } from './identities.fixture.ts';

let site: Awaited<ReturnType<typeof openIdentitiesApp>>;

beforeEach(async () => {
  site = await openIdentitiesApp();
});
afterEach(() => site.close());

async function signIn(login: string) {
  const signedIn = await site.app.inject({
    method: 'POST',
    url: '/api/session',
    payload: { login, password: IDENTITIES_PASSWORD },
  });
  // A proof gives the session a new token.
  let cookie = '';
  const keep = ({ cookies: [first] }: { cookies: { name: string; value: string }[] }) => {
    if (first) cookie = `${first.name}=${first.value}`;
  };
  keep(signedIn);
  return async (url: string, payload?: object) => {
    const answer = await site.app.inject({
      method: payload ? 'POST' : 'GET',
      url,
      headers: { cookie },
      ...(payload ? { payload } : {}),
    });
    keep(answer);
    return { status: answer.statusCode, body: answer.json() };
  };
}

const subjects = PERSONS.map(({ subject }) => subject);
const ASKED = {
  subjects,
  fields: ['name'],
  purpose: 'daily-supervision',
  reason: '季度集中点验核对',
};
const PATH = '/api/identities/requests';

test('many are asked for by one, allowed by a leader with a fresh proof, opened by the first, once', async () => {
  const [officer, leader] = [await signIn('xuanhan'), await signIn('xuanhan-leader')];
  const asked = await officer(PATH, ASKED);
  expect(asked.body).toMatchObject({
    state: 'waiting',
    persons: 3,
    isOwn: true,
    requestedBy: { zh: '宣汉县值班员' },
    may: { decide: false, open: false },
  });
  const decide = `${PATH}/${asked.body.id}/decide`;
  expect((await leader(PATH)).body.requests[0].may).toEqual({ decide: true, open: false });
  site.clock.advance(6 * 60_000);
  expect((await leader(decide, { decision: 'approved' })).body.code).toBe('step-up-needed');
  await leader('/api/session/proof', { password: IDENTITIES_PASSWORD });
  expect((await leader(decide, { decision: 'approved' })).body).toMatchObject({
    state: 'approved',
    decidedBy: { zh: '宣汉县分管领导' },
  });
  expect((await officer(PATH)).body.requests[0].may).toEqual({ decide: false, open: true });
  expect((await leader(`${PATH}/${asked.body.id}/open`, {})).status).toBe(403);
  const opened = await officer(`${PATH}/${asked.body.id}/open`, {});
  expect(opened.body.persons.map(({ values }: { values: object }) => values)).toEqual(
    PERSONS.map(({ identity }) => ({ name: identity.name })),
  );
  expect((await officer(`${PATH}/${asked.body.id}/open`, {})).status).toBe(409);
});

test('nobody but another leader of the region decides, and the refusals are told', async () => {
  const [officer, leader, other, security] = [
    await signIn('xuanhan'),
    await signIn('xuanhan-leader'),
    await signIn('dazhu-leader'),
    await signIn('security'),
  ];
  const own = await leader(PATH, ASKED);
  const decide = `${PATH}/${own.body.id}/decide`;
  for (const [ask, status] of [
    [leader, 403],
    [officer, 403],
    [other, 404],
    [security, 403],
  ] as const) {
    expect((await ask(decide, { decision: 'approved' })).status).toBe(status);
  }
  expect((await leader(PATH)).body.requests[0].state).toBe('waiting');
  expect((await other(PATH)).body.requests).toEqual([]);
  expect(
    site.told
      .filter(({ action, outcome }) => action === 'access.refused' && outcome === 'refused')
      .map(({ detail }) => detail['function']),
  ).toEqual(['identity.approve-many', 'identity.approve-many']);
});

test('a request lapses, and a purpose that does not fit opens nothing', async () => {
  const [officer, leader] = [await signIn('xuanhan'), await signIn('xuanhan-leader')];
  const { id } = (await officer(PATH, ASKED)).body;
  site.clock.advance(3_600_000);
  await leader('/api/session/proof', { password: IDENTITIES_PASSWORD });
  expect((await leader(`${PATH}/${id}/decide`, { decision: 'approved' })).status).toBe(409);
  expect((await officer(PATH)).body.requests[0]).toMatchObject({
    state: 'lapsed',
    may: { open: false },
  });
  for (const purpose of ['rule-tuning', 'audit-review', 'contact', '']) {
    expect((await officer(PATH, { ...ASKED, purpose })).status, purpose).toBe(400);
  }
});
