// Everything about who may do what, over HTTP: sign-in, own account, accounts and rights, wall kiosks. Gives the
// guard the other routes stand behind.

import type { FastifyInstance } from 'fastify';
import { createBreachList } from '../../../datasets/passwords.ts';
import { createKioskDesk } from '../../../security/access/kiosk-desk.ts';
import { fillIn, registerSessions, type SessionRoutesDeps } from '../sessions.ts';
import { registerAccounts } from './account-routes.ts';
import type { Guard } from './guard.ts';
import { findKioskBy, registerKiosks } from './kiosk-routes.ts';
import { registerOwnAccount } from './own-account-routes.ts';

export function registerAccess(app: FastifyInstance, given: SessionRoutesDeps): Guard {
  const access = fillIn(given);
  const kiosks = createKioskDesk(access);
  const guard = registerSessions(app, { ...access, findKiosk: findKioskBy(kiosks) });
  registerOwnAccount(app, { guard, access, isCommon: createBreachList() });
  registerAccounts(app, { guard, access });
  registerKiosks(app, { guard, desk: kiosks, db: access.db, secure: access.secure });
  return guard;
}
