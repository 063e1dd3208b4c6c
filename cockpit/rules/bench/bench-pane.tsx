// The bench of a rule: a track drawn for a person who does not exist, or a past day under a pseudonymous key,
// and what the rule, changed or not, says about it.

import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type FormEvent } from 'react';
import type { PackZones, RuleDetail } from '../../../app/api/rules.ts';
import type { BenchPoint } from '../../../app/api/bench.ts';
import type { Me } from '../../../app/api/session.ts';
import { localClock, localDate, parseInstant } from '../../../core/local-time.ts';
import { NotRaised } from '../../console/why-not.tsx';
import { getJson } from '../../shared/api.ts';
import { useSay } from '../../shared/language.tsx';
import { useGeo } from '../../shared/map/geo.ts';
import { Panel } from '../panel.tsx';
import { Switch } from '../switch.tsx';
import { Trouble } from '../trouble.tsx';
import type { RuleDraft } from '../use-rule-draft.ts';
import { BenchFindings, type BenchFinding } from './bench-findings.tsx';
import { addPoint, changePoint, degrees, retime } from './draw-track.ts';
import { KeepTest } from './keep-test.tsx';
import { PersonForm } from './person-form.tsx';
import { EvidencePoints } from './evidence-points.tsx';
import { PointTable } from './point-table.tsx';
import { useBenched, type BenchState } from './use-bench.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './bench.module.css';

// Map drawing weighs more than the rest of the rules: it comes when the bench is opened.
const BenchMap = lazy(async () => ({ default: (await import('./bench-map.tsx')).BenchMap }));

const WAYS = { drawn: BENCH_WORDS.drawn, past: BENCH_WORDS.past } as const;
const NO_ZONES: PackZones['zones'] = [];

export function BenchPane({
  me,
  rule,
  draft,
  bench,
  onReady,
}: {
  me: Me;
  rule: RuleDetail;
  draft: RuleDraft;
  bench: BenchState;
  onReady: () => void;
}) {
  const say = useSay();
  const { geo } = useGeo();
  const { data: zones = NO_ZONES } = useZones();
  const { way, setWay, points, setPoints, person } = bench;
  const { data, error, isPlaceholderData, isFetching } = useBenched(rule.id, draft.text, bench);
  const [chosen, setChosen] = useState<number>();
  const [looked, setLooked] = useState<number>();
  const isDrawn = way === 'drawn';
  const shown = isDrawn ? points : (data?.points ?? []);
  const findings = data?.findings ?? [];
  const finding = findings[looked ?? -1] ?? findings.find(({ kind }) => kind === 'raised');
  const evidence = evidenceOf(finding, shown);
  const change = (index: number, one: Partial<BenchPoint>) =>
    setPoints(changePoint(points, index, one));
  const remove = (index: number) => {
    setPoints(points.toSpliced(index, 1));
    setChosen(undefined);
  };
  return (
    <div className={styles.bench}>
      <div className={styles.column}>
        <Panel
          title={BENCH_WORDS.track}
          action={<Switch label={BENCH_WORDS.ways} ways={WAYS} way={way} choose={setWay} />}
        >
          {isDrawn ? <Tools bench={bench} /> : <PastForm bench={bench} me={me} />}
          <div className={styles.frame}>
            {geo && (
              <Suspense>
                <BenchMap
                  geo={geo}
                  zones={zones}
                  points={shown}
                  county={isDrawn ? person.county : (data?.person.county ?? person.county)}
                  isDrawn={isDrawn}
                  chosen={chosen}
                  evidence={evidence}
                  add={(place) => {
                    setPoints(addPoint(points, place, bench.pace));
                    setChosen(points.length);
                  }}
                  move={(index, [lng, lat]) =>
                    change(index, { lng: degrees(lng), lat: degrees(lat) })
                  }
                  choose={setChosen}
                  remove={remove}
                  onReady={onReady}
                />
              </Suspense>
            )}
          </div>
          {!isDrawn && <EvidencePoints points={shown} evidence={evidence} />}
          {isDrawn && (
            <PointTable
              points={points}
              chosen={chosen}
              evidence={evidence}
              change={change}
              choose={setChosen}
              remove={remove}
            />
          )}
        </Panel>
      </div>
      <div className={styles.column}>
        {isDrawn && <PersonForm bench={bench} geo={geo} zones={zones} />}
        <Panel
          title={BENCH_WORDS.result}
          hint={draft.isChanged ? BENCH_WORDS.onChanged : BENCH_WORDS.onText}
        >
          <div className={styles.result} data-stale={isPlaceholderData} aria-busy={isFetching}>
            {error ? (
              <Trouble error={error} />
            ) : data ? (
              <BenchFindings
                findings={findings}
                chosen={looked}
                choose={setLooked}
                whyNot={data.whyNot && <NotRaised answer={data.whyNot} />}
              />
            ) : (
              <p className={styles.note}>
                {say(isFetching ? BENCH_WORDS.running : BENCH_WORDS.waits)}
              </p>
            )}
          </div>
          {data?.test && !error && (
            <KeepTest draft={draft} test={data.test} isStale={isPlaceholderData} />
          )}
        </Panel>
      </div>
    </div>
  );
}

function useZones() {
  return useQuery({
    queryKey: ['rule-pack', 'zones'],
    queryFn: async ({ signal }) => (await getJson<PackZones>('/api/rule-pack/zones', signal)).zones,
    staleTime: 60_000,
  });
}

/** Points that are still there. */
const evidenceOf = (finding: BenchFinding | undefined, points: readonly unknown[]) =>
  finding?.evidence.filter((index) => index < points.length) ?? [];

/** When and how fast the drawn track goes. */
function Tools({ bench }: { bench: BenchState }) {
  const say = useSay();
  const { points, setPoints, pace, setPace } = bench;
  const startAt = (date: string, clock: string) => {
    const startAtMs = parseInstant(`${date} ${clock}`);
    if (startAtMs === undefined) return;
    const shiftMs = startAtMs - (points[0]?.atMs ?? startAtMs);
    setPace({ ...pace, startAtMs });
    setPoints(points.map((point) => ({ ...point, atMs: point.atMs + shiftMs })));
  };
  const { startAtMs, speedKmh } = pace;
  const [date, clock] = [localDate(startAtMs), localClock(startAtMs)];
  return (
    <>
      <div className={styles.tools}>
        <label>
          {say(BENCH_WORDS.firstDay)}
          <input type="date" value={date} onChange={({ target }) => startAt(target.value, clock)} />
        </label>
        <label>
          {say(BENCH_WORDS.start)}
          <input type="time" value={clock} onChange={({ target }) => startAt(date, target.value)} />
        </label>
        <label>
          {say(BENCH_WORDS.speed)}
          <input
            type="number"
            min={1}
            max={350}
            value={speedKmh}
            onChange={({ target }) => {
              const speed = Number(target.value);
              if (speed >= 1 && speed <= 350) setPace({ ...pace, speedKmh: speed });
            }}
          />
        </label>
        <button
          type="button"
          disabled={points.length < 2}
          onClick={() => setPoints(retime(points, pace))}
        >
          {say(BENCH_WORDS.retime)}
        </button>
        <button
          type="button"
          onClick={() => setPoints(addPoint(points, placeBeside(points), pace))}
        >
          {say(BENCH_WORDS.add)}
        </button>
        <button type="button" disabled={points.length === 0} onClick={() => setPoints([])}>
          {say(BENCH_WORDS.clear)}
        </button>
      </div>
      <p className={styles.note}>{say(BENCH_WORDS.drawHint)}</p>
    </>
  );
}

/** Where a point added by hand begins: beside the last one, or in the middle of Xuanhan county. */
function placeBeside(points: readonly BenchPoint[]): readonly [number, number] {
  const last = points.at(-1);
  return last ? [last.lng + 0.002, last.lat] : [107.72, 31.35];
}

function PastForm({ bench, me }: { bench: BenchState; me: Me }) {
  const say = useSay();
  const [subject, setSubject] = useState(bench.past?.subject ?? '');
  const [date, setDate] = useState(bench.past?.date ?? '');
  const read = (event: FormEvent) => {
    event.preventDefault();
    bench.setPast({ subject: subject.trim(), date });
  };
  return (
    <form className={styles.tools} onSubmit={read}>
      <label>
        {say(BENCH_WORDS.subject)}
        <input
          required
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"
          autoComplete="off"
          value={subject}
          onChange={({ target }) => setSubject(target.value)}
        />
      </label>
      <label>
        {say(BENCH_WORDS.date)}
        <input required type="date" value={date} onChange={({ target }) => setDate(target.value)} />
      </label>
      <button type="submit" disabled={me.role !== 'analyst'}>
        {say(BENCH_WORDS.read)}
      </button>
      <p>{say(me.role === 'analyst' ? BENCH_WORDS.pastHint : BENCH_WORDS.onlyAnalysts)}</p>
    </form>
  );
}
