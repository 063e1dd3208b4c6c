// Writes docs/false-exits.md and its chart from what the benchmark found.

import { writeFileSync } from 'node:fs';
import { falsePer1000Hours as rateOf, type Judgement } from './false-exits-judge.ts';

type Found = {
  plain: Judgement;
  ours: Judgement;
  curve: readonly Judgement[];
  persons: number;
};

export function writeFalseExitsDocs(found: Found): void {
  const docs = new URL('../docs/', import.meta.url);
  writeFileSync(new URL('false-exits.md', docs), pageOf(found));
  writeFileSync(new URL('false-exits.svg', docs), chartOf(found));
}

function pageOf({ plain, ours, curve, persons }: Found): string {
  const row = (name: string, one: Judgement) =>
    `| ${name} | ${one.falseExits} | ${rateOf(one)} | ${one.missed} of ${one.missed + one.found} | ${delayOf(one)} |`;
  return `# False exits: how much noise the area rule keeps from officers

Written by \`npm run bench -- false-exits --docs\`; seeded, so every machine gets the same page.

${persons} invented persons live 30 to 400 m inside the real borders of the seven counties of Dazhou, one day each: at home, strolling inside, once or twice across the border. Their devices give a fix a minute: satellite fixes with drifting errors of 4 to 24 m and, every four hours, a reflection of up to 400 m that the device does not know of; Wi-Fi that is sometimes a kilometre off; cells, which neither side may use. A *true exit* is more than 5 minutes at least 300 m beyond the border; it is missed when no alert is open during it. A *false exit* is said of someone who was inside all the while (give or take a minute).

| decided by | false exits | per 1,000 watched hours | true exits missed | median delay |
| --- | ---: | ---: | ---: | ---: |
${row('point in polygon', plain)}
${row('rule `area-exit` (3 fixes or 5 min, 100 m)', ours)}

The delay counts from the crossing of the border, so the way to where one is surely outside is part of it. Exits that begin while an alert is still open count as told, without a delay: ${ours.foundOpen} of the ${ours.found} with the rule, ${plain.foundOpen} of ${plain.found} with point in polygon. Whoever lives less than \`rearmM\` (200 m) from the border does not clear an alert by going home. That is why rates are given per hour in which no alert was open.

## What dwell and margin buy

![Median delay against false exits, one line a margin, one dot a dwell](false-exits.svg)

Each row is the rule with that dwell alone (no count of fixes) and that margin. Dwell 0 raises on the first sure fix.

| margin | dwell | false exits | per 1,000 watched hours | true exits missed | median delay |
| ---: | ---: | ---: | ---: | ---: | ---: |
${curve
  .toSorted((a, b) => a.marginM - b.marginM || a.dwellMin - b.dwellMin)
  .map((one) => `| ${one.marginM} m ${row(`${one.dwellMin} min`, one)}`)
  .join('\n')}

What to read from it: the margin keeps receiver noise away at hardly any cost in time; the dwell keeps reflections away, which no margin of useful width does, and costs its own length. A dwell of ten minutes begins to miss exits that last six. The errors are modelled, not measured: before going live, run the rule in shadow on a week of the city's own fixes.
`;
}

const delayOf = ({ medianDelayMs }: Judgement): string =>
  Number.isFinite(medianDelayMs) ? `${Math.round(medianDelayMs / 1_000)} s` : '–';

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 70;
const RIGHT = 150;
const TOP = 24;
const BOTTOM = 56;
const COLOURS = ['#b42318', '#b54708', '#175cd3', '#027a48'];

/** False exits to the right, on a root scale so that zero has a place; delay upwards. */
function chartOf({ curve, ours, plain }: Found): string {
  const all = [...curve, ours, plain];
  const rateMax = Math.max(...all.map((one) => rateOf(one)));
  const delayMax = Math.max(...curve.map(({ medianDelayMs }) => medianDelayMs / 1_000));
  const x = (one: Judgement) => LEFT + Math.sqrt(rateOf(one) / rateMax) * (WIDTH - LEFT - RIGHT);
  const y = (one: Judgement) =>
    HEIGHT - BOTTOM - (one.medianDelayMs / 1_000 / delayMax) * (HEIGHT - TOP - BOTTOM);
  const margins = [...new Set(curve.map(({ marginM }) => marginM))].sort((a, b) => a - b);
  const lines = margins.map((marginM, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const dots = curve
      .filter((one) => one.marginM === marginM)
      .toSorted((a, b) => a.dwellMin - b.dwellMin);
    const path = dots.map((one) => `${x(one).toFixed(1)},${y(one).toFixed(1)}`).join(' ');
    const marks = dots.map(
      (one) =>
        `<circle cx="${x(one).toFixed(1)}" cy="${y(one).toFixed(1)}" r="3.5" fill="${colour}"><title>margin ${marginM} m, dwell ${one.dwellMin} min: ${rateOf(one)} per 1,000 h, ${delayOf(one)}</title></circle>`,
    );
    const label = `<text x="${WIDTH - RIGHT + 20}" y="${TOP + 20 + index * 20}" fill="${colour}">margin ${marginM} m</text>`;
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>${marks.join('')}${label}`;
  });
  const ticks = [0, 1, 5, 20, 50, 100, 200, 500, 1_000].filter((rate) => rate <= rateMax);
  const bottom = HEIGHT - BOTTOM;
  const xTicks = ticks.map((rate) => {
    const at = LEFT + Math.sqrt(rate / rateMax) * (WIDTH - LEFT - RIGHT);
    return `<line x1="${at.toFixed(1)}" y1="${bottom}" x2="${at.toFixed(1)}" y2="${bottom + 5}" stroke="#667085"/><text x="${at.toFixed(1)}" y="${bottom + 19}" text-anchor="middle">${rate}</text>`;
  });
  const yTicks = Array.from({ length: Math.floor(delayMax / 180) + 1 }, (_, index) => {
    const at = bottom - ((index * 180) / delayMax) * (bottom - TOP);
    return `<line x1="${LEFT}" y1="${at.toFixed(1)}" x2="${WIDTH - RIGHT}" y2="${at.toFixed(1)}" stroke="#eaecf0"/><text x="${LEFT - 8}" y="${(at + 4).toFixed(1)}" text-anchor="end">${index * 3} min</text>`;
  });
  const diamond = `<path d="M${x(ours).toFixed(1)} ${(y(ours) - 7).toFixed(1)} l7 7 l-7 7 l-7 -7 z" fill="#101828"><title>area-exit as it stands</title></path><text x="${WIDTH - RIGHT + 20}" y="${TOP + 20 + margins.length * 20}" fill="#101828">◆ area-exit</text>`;
  const cross = `<text x="${x(plain).toFixed(1)}" y="${(y(plain) + 5).toFixed(1)}" text-anchor="middle" font-size="16" fill="#101828">✕</text><text x="${WIDTH - RIGHT + 20}" y="${TOP + 40 + margins.length * 20}" fill="#101828">✕ point in polygon</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Inter, sans-serif" font-size="12" fill="#475467">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${yTicks.join('\n')}
${xTicks.join('\n')}
<line x1="${LEFT}" y1="${bottom}" x2="${WIDTH - RIGHT}" y2="${bottom}" stroke="#667085"/>
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">false exits per 1,000 watched hours (root scale)</text>
<text transform="rotate(-90 18 ${(TOP + bottom) / 2})" x="18" y="${(TOP + bottom) / 2}" text-anchor="middle">median delay of true exits</text>
${lines.join('\n')}
${diamond}
${cross}
</svg>
`;
}
