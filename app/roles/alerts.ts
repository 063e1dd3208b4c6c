// The alerts part: findings into alerts and notices, the channels behind them.

import type { HttpChannel } from '../../alerts/channels/http-provider.ts';
import { HTTP_PROVIDER_DEFAULTS } from '../../alerts/channels/http-provider.ts';
import { createPhoneHttp } from '../../alerts/channels/phone-http.ts';
import { createPushChannel, type PushChannel } from '../../alerts/channels/push.ts';
import { createSmsHttp } from '../../alerts/channels/sms-http.ts';
import type { OpenedAlert } from '../../alerts/consume.ts';
import { createCanaryChannel } from '../../alerts/canary/canary-channel.ts';
import { levelTableWith } from '../../alerts/escalation-settings.ts';
import { officerTable, type DutyOfficers } from '../../alerts/duty-officers.ts';
import { outboxBacklog } from '../../alerts/outbox.ts';
import { loadRoster } from '../../alerts/roster/load-roster.ts';
import { createRosterOnDuty } from '../../alerts/roster/on-duty.ts';
import type { Routing } from '../../alerts/routing/choose-row.ts';
import { loadRouting } from '../../alerts/routing/load-routing.ts';
import { PLAIN_ROUTING } from '../../alerts/routing/routing-plan.ts';
import { ALERTS_DEFAULTS, startAlerts } from '../../alerts/run.ts';
import type { RuleTexts } from '../../alerts/texts.ts';
import type { Config } from '../config.ts';
import type { Foundation } from '../foundation.ts';
import { lagReport, type Health } from '../health.ts';
import { startWatchRole } from './watch.ts';

export type AlertsRole = {
  /** Looks for drills that were started or ended. */
  wakeDrills(): void;
  readonly push: PushChannel;
  /** Channels whose providers report back over HTTP, by the last part of the call-back path. */
  readonly reporting: ReadonlyMap<string, HttpChannel>;
  /** Says that the desk wrote events. */
  wake(): void;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

/** Path under which a channel's provider reports. */
export const RECEIPTS_PATH = '/api/receipts';

/** `callbackBase` is this server as providers see it, empty while it does not listen yet. */
export async function startAlertsRole(
  foundation: Foundation,
  health: Health,
  callbackBase: () => string,
): Promise<AlertsRole> {
  const { config, log, records, logger, random, ids, metrics, clock } = foundation;
  const push = createPushChannel();
  const reporting = createReportingChannels(config.channels, callbackBase);
  const canaryEveryMs = config.alerts.canary.every;
  const hasCanaries = canaryEveryMs > 0;
  const channels = [push, ...reporting.values(), ...(hasCanaries ? [createCanaryChannel()] : [])];
  const { sender } = ALERTS_DEFAULTS;
  const deps = {
    records,
    log,
    clock,
    random,
    ids,
    logger,
    ruleTexts: ruleTextsOf(foundation),
    dutyOfficers: dutyOfficersOf(foundation),
    routing: routingOf(foundation),
    channels,
    // A provider that is given no address to report to would refuse the order for good.
    isReachable: () => callbackBase() !== '',
    onChanged: () => {},
    onOpened: ({ level, latencyMs }: OpenedAlert) => metrics.alertOpened(level, latencyMs),
  };
  // A lease lasts by the given clock, sending takes real time.
  const leaseMs = sender.leaseMs * foundation.speed;
  const runner = await startAlerts(deps, { ...ALERTS_DEFAULTS, sender: { ...sender, leaseMs } });
  health.add('alerts', async () => {
    const lags = await Promise.all(
      runner.status().partitions.map(async ({ partition, nextOffset, appendedAtMs }) => {
        const { end } = await log.bounds('findings', partition);
        return nextOffset >= end ? 0 : clock.now() - appendedAtMs;
      }),
    );
    return lagReport(Math.max(...lags));
  });
  const watching = await startWatchRole(foundation, health, {
    channels,
    dutyOfficers: deps.dutyOfficers,
    onChanged: runner.wakeAll,
  });
  health.add('gateway', async () => {
    const waiting = (await outboxBacklog(records.db)).filter(({ channel }) => channel !== 'push');
    const oldest = Math.min(...waiting.map(({ oldestAtMs }) => oldestAtMs));
    return waiting.length === 0 ? { state: 'ok', behindMs: 0 } : lagReport(clock.now() - oldest);
  });
  return {
    push,
    reporting,
    wake: runner.wake,
    wakeDrills: watching.wakeDrills,
    ended: Promise.race([runner.ended, watching.ended]),
    async stop() {
      await watching.stop();
      await runner.stop();
    },
  };
}

/** By the roster of the configuration; without one, everyone in the officer table at all times. */
const dutyOfficersOf = ({ config, calendar }: Foundation): DutyOfficers =>
  config.alerts.roster === undefined
    ? officerTable
    : createRosterOnDuty(loadRoster(config.alerts.roster), calendar);

const routingOf = ({ config, calendar }: Foundation): Routing => ({
  plan: config.alerts.routing === undefined ? PLAIN_ROUTING : loadRouting(config.alerts.routing),
  calendar,
  levels: levelTableWith(config.alerts.escalation),
});

function createReportingChannels(
  { phone, sms }: Config['channels'],
  callbackBase: () => string,
): ReadonlyMap<string, HttpChannel> {
  const optionsOf = (name: 'phone' | 'sms', { url, secret }: { url: string; secret: string }) => ({
    ...HTTP_PROVIDER_DEFAULTS,
    provider: name,
    url,
    secret,
    get callbackUrl() {
      return `${callbackBase()}${RECEIPTS_PATH}/${name}`;
    },
  });
  const channels = new Map<string, HttpChannel>();
  if (phone) channels.set('phone', createPhoneHttp(optionsOf('phone', phone)));
  if (sms) channels.set('sms', createSmsHttp(optionsOf('sms', sms)));
  return channels;
}

/** Titles and duties of the rules in force; a rule that is gone is called by its id. */
export const ruleTextsOf =
  ({ rules }: Pick<Foundation, 'rules'>): RuleTexts =>
  (ruleId) => {
    const named = rules.current().rules.filter((compiled) => compiled.rule.id === ruleId);
    // The one on trial has no say while another is active.
    const rule = (named.find((compiled) => compiled.rule.status === 'active') ?? named[0])?.rule;
    const name = { zh: ruleId, en: ruleId };
    return { title: rule?.title ?? name, duty: rule?.duty ?? name };
  };
