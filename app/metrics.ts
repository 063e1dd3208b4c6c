// What operators watch, in Prometheus form. Names are part of the product's interface.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Finding, Level } from '../core/finding.ts';
import type { Processed } from '../ingest/pipeline.ts';
import { REFUSAL_REASONS } from '../ingest/reasons.ts';

export type WatchedNow = {
  readonly stalls: Readonly<Record<string, number>>;
  /** Of the slowest of the newest canaries; null before the first. */
  readonly canaryLatencyMs: number | null;
  readonly canaryAgeMs: number | null;
};

export type Metrics = {
  ingested(appended: Pick<Processed, 'admittedByKind' | 'tallies'>): void;
  found(findings: readonly Finding[]): void;
  /** An alert was recorded `latencyMs` after the fact that completed it was received. */
  alertOpened(level: Level, latencyMs: number): void;
  /** Somebody wrote back; what it was taken for. */
  replied(outcome: string): void;
  noticeSettled(channel: string, state: string): void;
  liveConnections(read: () => number): void;
  behind(part: string, read: () => number): void;
  /** Withdrawn alerts the rules go on watching, and those they gave up because there were too many. */
  watches(read: () => { open: number; dropped: number }): void;
  /** How the providers of each channel are doing. */
  providers(read: () => readonly ProviderCounts[]): void;
  /** What stands still, by kind, and how the newest canaries fared. */
  watched(read: () => WatchedNow): void;
  text(): Promise<string>;
  readonly contentType: string;
};

export type ProviderCounts = {
  readonly channel: string;
  readonly provider: string;
  readonly state: 'ok' | 'failing';
  readonly worked: number;
  readonly failed: number;
};

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const admitted = new Counter({
    name: 'plumbline_observations_admitted_total',
    help: 'Observations appended to the log.',
    labelNames: ['kind'],
    registers,
  });
  const refused = new Counter({
    name: 'plumbline_observations_refused_total',
    help: 'Observations not kept, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const refusedAtGate = new Counter({
    name: 'plumbline_gate_refusals_total',
    help: 'Observations no basis in force allows to be kept, by feed and reason.',
    labelNames: ['source', 'reason'],
    registers,
  });
  const findings = new Counter({
    name: 'plumbline_findings_total',
    help: 'What the rules said.',
    labelNames: ['kind', 'rule'],
    registers,
  });
  const onTrial = new Counter({
    name: 'plumbline_shadow_findings_total',
    help: 'What rules on trial said; nobody is told.',
    labelNames: ['kind', 'rule'],
    registers,
  });
  const opened = new Counter({
    name: 'plumbline_alerts_opened_total',
    help: 'Alerts recorded.',
    labelNames: ['level'],
    registers,
  });
  const latency = new Histogram({
    name: 'plumbline_alert_latency_seconds',
    help: 'From receipt of the completing fact to the alert record.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  const replies = new Counter({
    name: 'plumbline_replies_total',
    help: 'SMS that people sent back, by what they were taken for.',
    labelNames: ['outcome'],
    registers,
  });
  const notices = new Counter({
    name: 'plumbline_notices_total',
    help: 'Notices to persons, by channel and outcome.',
    labelNames: ['channel', 'state'],
    registers,
  });
  const gauge = (
    name: string,
    help: string,
    labels: Record<string, string>,
    read: () => number,
  ) => {
    const existing = registry.getSingleMetric(name) as Gauge | undefined;
    const made = existing ?? new Gauge({ name, help, labelNames: Object.keys(labels), registers });
    readers.push(() => made.set(labels, read()));
  };
  const readers: (() => void)[] = [];
  for (const level of ['1', '2', '3']) opened.inc({ level }, 0);

  return {
    ingested({ admittedByKind, tallies }) {
      for (const [kind, count] of Object.entries(admittedByKind)) admitted.inc({ kind }, count);
      for (const { source, reason, count } of tallies) {
        refused.inc({ reason }, count);
        if (REFUSAL_REASONS.has(reason)) refusedAtGate.inc({ source, reason }, count);
      }
    },
    found(list) {
      for (const { kind, ruleId, shadow } of list) {
        (shadow ? onTrial : findings).inc({ kind, rule: ruleId });
      }
    },
    alertOpened(level, latencyMs) {
      opened.inc({ level: String(level) });
      latency.observe(Math.max(0, latencyMs) / 1_000);
    },
    replied: (outcome) => replies.inc({ outcome }),
    noticeSettled: (channel, state) => notices.inc({ channel, state }),
    liveConnections: (read) =>
      gauge('plumbline_live_connections', 'Screens connected to the live stream.', {}, read),
    behind: (part, read) =>
      gauge('plumbline_behind_seconds', 'How far a part is behind its input.', { part }, read),
    watches(read) {
      const open = 'Withdrawn alerts that are watched, in case they are met after all.';
      gauge('plumbline_watches', open, {}, () => read().open);
      const dropped = 'Such watches given up since the log began, because one person had too many.';
      gauge('plumbline_watches_dropped', dropped, {}, () => read().dropped);
    },
    providers(read) {
      const labelNames = ['channel', 'provider'];
      const failing = new Gauge({
        name: 'plumbline_provider_failing',
        help: '1 while a provider is tried last because it failed several times in a row.',
        labelNames,
        registers,
      });
      const results = new Gauge({
        name: 'plumbline_provider_results',
        help: 'Notices a provider carried out, and those it did not, since the start.',
        labelNames: [...labelNames, 'outcome'],
        registers,
      });
      readers.push(() => {
        for (const { channel, provider, state, worked, failed } of read()) {
          failing.set({ channel, provider }, state === 'failing' ? 1 : 0);
          results.set({ channel, provider, outcome: 'worked' }, worked);
          results.set({ channel, provider, outcome: 'failed' }, failed);
        }
      });
    },
    watched(read) {
      const help = 'What should have moved and did not, by kind.';
      for (const kind of Object.keys(read().stalls)) {
        gauge('plumbline_stalls', help, { kind }, () => read().stalls[kind] ?? 0);
      }
      const seconds = (ms: number | null) => (ms === null ? Number.NaN : ms / 1_000);
      const took = 'From the findings log to the receipt, for the slowest of the newest canaries.';
      gauge('plumbline_canary_latency_seconds', took, {}, () => seconds(read().canaryLatencyMs));
      const age = 'Since the newest canary that arrived was sent, over all partitions the oldest.';
      gauge('plumbline_canary_age_seconds', age, {}, () => seconds(read().canaryAgeMs));
    },
    async text() {
      for (const read of readers) read();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
