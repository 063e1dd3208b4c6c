// The alerts part: findings into alerts and notices, the channels behind them.

import type { Channel } from '../../alerts/channels/channel.ts';
import type { HttpChannel } from '../../alerts/channels/http-provider.ts';
import { createPushChannel, type PushChannel } from '../../alerts/channels/push.ts';
import type { OpenedAlert } from '../../alerts/consume.ts';
import { createCanaryChannel } from '../../alerts/canary/canary-channel.ts';
import { levelTableWith } from '../../alerts/escalation-settings.ts';
import { officerTable, type DutyOfficers } from '../../alerts/duty-officers.ts';
import { startMessages } from '../../alerts/messages/run-messages.ts';
import { outboxBacklog } from '../../alerts/outbox.ts';
import type { RepeatOptions } from '../../alerts/repeats.ts';
import { loadRoster } from '../../alerts/roster/load-roster.ts';
import { createRosterOnDuty } from '../../alerts/roster/on-duty.ts';
import type { Routing } from '../../alerts/routing/choose-row.ts';
import { loadRouting } from '../../alerts/routing/load-routing.ts';
import { PLAIN_ROUTING } from '../../alerts/routing/routing-plan.ts';
import { ALERTS_DEFAULTS, startAlerts } from '../../alerts/run.ts';
import type { RuleTexts } from '../../alerts/texts.ts';
import { checkTitles } from '../../alerts/texts/check-template.ts';
import { loadTexts } from '../../alerts/texts/load-texts.ts';
import {
  DEFAULT_TEMPLATES,
  TEMPLATE_FORMS,
  templateOf,
  type Templates,
} from '../../alerts/texts/templates.ts';
import { answerOptionsOf } from '../answer-config.ts';
import type { Config } from '../config.ts';
import { consoleTerms, limitsOf } from '../channels-config.ts';
import { dutyCalendarOf } from '../duty-calendar.ts';
import type { Foundation } from '../foundation.ts';
import { lagReport, type Health } from '../health.ts';
import { createProviders, providersReport } from './providers.ts';
import { sayWrongNumbers } from './sms-channel.ts';
import { openWebPush } from './web-push.ts';
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

/** `callbackBase` is this server as providers see it, empty while it does not listen yet. */
export async function startAlertsRole(
  foundation: Foundation,
  health: Health,
  callbackBase: () => string,
): Promise<AlertsRole> {
  const { config, log, records, logger, random, ids, metrics, clock } = foundation;
  const templates = textsOf(foundation);
  const { web } = config.channels.push;
  const onConsole = createPushChannel();
  const push = web ? { ...onConsole, terms: consoleTerms(web, foundation.speed) } : onConsole;
  const webPush = openWebPush(config, records.db);
  await sayWrongNumbers(foundation);
  const providers = createProviders(config.channels, { foundation, callbackBase });
  const { reporting } = providers;
  const canaryEveryMs = config.alerts.canary.every;
  const hasCanaries = canaryEveryMs > 0;
  const channels = [
    push,
    ...(webPush ? [webPush] : []),
    ...providers.channels,
    ...(hasCanaries ? [createCanaryChannel()] : []),
  ];
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
    answers: answerOptionsOf(config.alerts.answers),
    channels,
    templates,
    onReplied: metrics.replied,
    // A provider that is given no address to report to would refuse the order for good.
    isReachable: () => callbackBase() !== '',
    onChanged: () => {},
    onOpened: ({ level, latencyMs }: OpenedAlert) => metrics.alertOpened(level, latencyMs),
  };
  // A lease lasts by the given clock, sending takes real time.
  const leaseMs = sender.leaseMs * foundation.speed;
  const gravestLeaseMs = sender.gravestLeaseMs * foundation.speed;
  const runner = await startAlerts(deps, {
    ...ALERTS_DEFAULTS,
    ...repeatsOf(config),
    sender: { ...sender, leaseMs, gravestLeaseMs, limits: limitsOf(config.channels) },
  }).catch(async (error: unknown) => {
    await providers.stop();
    throw error;
  });
  const messages = startMessages(
    {
      ...deps,
      providers: runner.providers,
      senderId: ids.next('sender'),
      reminders: remindersOf(foundation, channels),
    },
    { ...sender, leaseMs },
  );
  const lists = [...runner.providers.values()];
  metrics.providers(() =>
    lists.flatMap(({ kind, health: of }) => of.report().map((one) => ({ channel: kind, ...one }))),
  );
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
    const link = providers.link();
    if (link) return link;
    const waiting = (await outboxBacklog(records.db)).filter(({ channel }) => channel !== 'push');
    const oldest = Math.min(...waiting.map(({ oldestAtMs }) => oldestAtMs));
    const behindMs = waiting.length === 0 ? 0 : clock.now() - oldest;
    return providersReport(lists, behindMs) ?? lagReport(behindMs);
  });
  return {
    push,
    reporting,
    wake: runner.wake,
    wakeDrills: watching.wakeDrills,
    ended: Promise.race([allOf([runner.ended, messages.ended]), watching.ended]),
    // Together: the runner waits for calls that are being placed, and the calls end by being stopped.
    async stop() {
      await watching.stop();
      await messages.stop();
      await Promise.all([runner.stop(), providers.stop()]);
    },
  };
}

/** The words of notices; a title of the rules that does not fit beside them is cut, and said so here. */
function textsOf({ config, rules, logger }: Foundation): Templates {
  const { texts } = config.alerts;
  const templates = texts === undefined ? DEFAULT_TEMPLATES : loadTexts(texts);
  const titles = rules.current().rules.map(({ rule }) => rule.title);
  for (const form of TEMPLATE_FORMS) {
    for (const { language, problem } of checkTitles(form, templateOf(templates, form), titles)) {
      const { group, name } = form;
      logger.warn('alerts.text-does-not-fit', { group, name, language, problem: problem.kind });
    }
  }
  return templates;
}

async function allOf(endings: readonly Promise<void>[]): Promise<void> {
  await Promise.all(endings);
}

/** Reminders of tomorrow's turn; none without a roster. */
const remindersOf = (
  { config, records, clock, logger, calendar }: Foundation,
  channels: readonly Channel[],
) => {
  const { roster, duty } = config.alerts;
  if (roster === undefined) return undefined;
  const [hour = 0, minute = 0] = duty.remindAt.split(':').map(Number);
  return {
    records,
    clock,
    logger,
    plan: loadRoster(roster),
    calendar: dutyCalendarOf(config, calendar),
    remindAtMinute: hour * 60 + minute,
    hasSms: channels.some(({ kind }) => kind === 'sms'),
  };
};

/** By the roster of the configuration; without one, everyone in the officer table at all times. */
export const dutyOfficersOf = ({ config, calendar }: Foundation): DutyOfficers =>
  config.alerts.roster === undefined
    ? officerTable
    : createRosterOnDuty(loadRoster(config.alerts.roster), dutyCalendarOf(config, calendar));

const routingOf = ({ config, calendar }: Foundation): Routing => ({
  plan: config.alerts.routing === undefined ? PLAIN_ROUTING : loadRouting(config.alerts.routing),
  calendar: dutyCalendarOf(config, calendar),
  levels: levelTableWith(config.alerts.escalation),
});

function repeatsOf({ alerts: { repeats } }: Config): RepeatOptions {
  const { count, within: withinMs, rules } = repeats;
  const ofRule = Object.entries(rules).map(([ruleId, limit]) => [
    ruleId,
    limit === 'off' ? undefined : { count: limit.count, withinMs: limit.within },
  ]);
  return {
    repeats: { count, withinMs },
    repeatsOfRule: Object.fromEntries(ofRule) as NonNullable<RepeatOptions['repeatsOfRule']>,
  };
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
