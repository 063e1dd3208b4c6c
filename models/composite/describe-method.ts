// The method of an index as a document, made of its definition, so that what is published and what is computed
// cannot differ. Chinese or English; formulas in plain text, as they can be checked with a pocket calculator.

import type { Language, Text } from '../../core/text.ts';
import type { Definition, IndicatorDefinition, NodeDefinition } from './definition.ts';
import type { EfficacyFunction, Goal } from './efficacy.ts';
import { evaluatePeriod, type PeriodResult } from './evaluate-period.ts';
import { planIndex, type IndexPlan, type Reference } from './index-plan.ts';
import type { PeriodColumns } from './indicator-values.ts';
import type { VersionedDefinition } from './load-definition.ts';

export type WorkedExample = {
  readonly region: Text;
  readonly period: string;
  /** Which region of the columns. */
  readonly at: number;
  /** The period first, then those before it. */
  readonly history: readonly PeriodColumns[];
};

/** Markdown. With an example every number of one region is worked out step by step. */
export function describeMethod(
  versioned: VersionedDefinition,
  language: Language,
  { reference, example }: { reference?: Reference; example?: WorkedExample } = {},
): string {
  const { definition, version } = versioned;
  const say = (zh: string, en: string) => (language === 'zh' ? zh : en);
  const of = (text: Text) => text[language];
  const lines = [
    `# ${of(definition.title)}${say('：计算方法', ': method')}`,
    '',
    `${of(definition.meaning)}`,
    '',
    say(
      `版本 ${version}；负责单位：${definition.owner}；依据：${definition.source}。周期：${GRAINS[definition.grain].zh}。`,
      `Version ${version}; owner: ${definition.owner}; basis: ${definition.source}. Period: ${GRAINS[definition.grain].en}.`,
    ),
    '',
    `## ${say('一、单项得分', '1. Points of an indicator')}`,
    '',
    ...formulaLines(definition.points, language),
    '',
    say(
      `得分限制在 ${boundsOf(definition, '不限')} 之间。指标缺失时按各指标的规定处理；一个指数缺失的权重超过 ${percent(definition.missingShareMax)} 时不出数。`,
      `Points are held within ${boundsOf(definition, 'open')}. What is missing is treated as each indicator says; a figure is not given when more than ${percent(definition.missingShareMax)} of its weight is missing.`,
    ),
    '',
    `## ${say('二、指标', '2. Indicators')}`,
    '',
    say(
      '| 代码 | 指标 | 单位 | 方向 | 算法 | 满意值 | 不允许值 | 异常值 | 缺失 | 平滑 |',
      '| code | indicator | unit | direction | value | satisfactory | not allowed | odd values | missing | smoothing |',
    ),
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...Object.entries(definition.indicators).map(([name, one]) =>
      indicatorRow(definition, name, one, { language, reference }),
    ),
    '',
    `## ${say('三、权重与合成', '3. Weights and aggregation')}`,
    '',
    ...nodeLines(versioned, reference, language),
    '',
    `## ${say('四、等级与处置', '4. Grades and steps')}`,
    '',
    ...gradeLines(definition, language),
    ...(reference
      ? [
          '',
          say(
            `参照组：${reference.from} 至 ${reference.until}，编号 ${reference.id}，冻结后至重新冻结前不变。`,
            `Reference: ${reference.from} to ${reference.until}, id ${reference.id}, unchanged until frozen anew.`,
          ),
        ]
      : []),
    ...(example ? ['', ...exampleLines(planIndex(versioned, reference), example, language)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const GRAINS = {
  month: { zh: '月', en: 'month' },
  quarter: { zh: '季度', en: 'quarter' },
  year: { zh: '年', en: 'year' },
} as const;

const DIRECTIONS = {
  positive: { zh: '正向', en: 'positive' },
  negative: { zh: '逆向', en: 'negative' },
  moderate: { zh: '适度', en: 'moderate' },
} as const;

const AGGREGATION_WORDS = {
  arithmetic: { zh: '加权算术平均 Σ(w·d)', en: 'weighted arithmetic mean Σ(w·d)' },
  geometric: { zh: '加权几何平均 Π d^w', en: 'weighted geometric mean Π d^w' },
  harmonic: { zh: '加权调和平均 1/Σ(w/d)', en: 'weighted harmonic mean 1/Σ(w/d)' },
} as const;

const FORMULAS: Record<EfficacyFunction['kind'], string> = {
  linear: 'd = 60 + 40·r',
  exponential: 'd = 60·e^(r·ln(100/60))',
  logarithmic: 'd = 60 + 40·ln(1 + (e − 1)·r)',
  'log-value': 'd = 60 + 40·(ln x − ln x_s)/(ln x_h − ln x_s)',
  power: 'd = 60 + 40·r^k',
  graded: 'd = d₀ + (x − s₀)/(s₁ − s₀)·(d₁ − d₀)',
};

function formulaLines(points: EfficacyFunction, language: Language): string[] {
  const formula = FORMULAS[points.kind];
  const more = points.kind === 'power' ? `, k = ${points.exponent}` : '';
  return language === 'zh'
    ? [
        `改进的功效系数法：r = (x − x_s)/(x_h − x_s)，${formula}${more}。x 为指标值，x_h 为满意值（100 分），x_s 为不允许值（60 分）。`,
        '',
        '适度指标在最佳区间 [a, b] 内 r = 1；低于 a 时 r = (x − L)/(a − L)；高于 b 时 r = (U − x)/(U − b)。',
      ]
    : [
        `Improved efficacy coefficient: r = (x − x_s)/(x_h − x_s), ${formula}${more}. x is the value, x_h satisfactory (100 points), x_s not allowed (60 points).`,
        '',
        'A moderate indicator has r = 1 within its best interval [a, b]; below a, r = (x − L)/(a − L); above b, r = (U − x)/(U − b).',
      ];
}

function indicatorRow(
  definition: Definition,
  name: string,
  one: IndicatorDefinition,
  { language, reference }: { language: Language; reference: Reference | undefined },
): string {
  const [high, low] = goalWords(one, reference?.goals[name], language);
  const cells = [
    name,
    one.title[language],
    one.unit[language],
    DIRECTIONS[one.direction][language],
    valueWords(definition, one, language),
    high,
    low,
    treatmentWords(one, language),
    missingWords(one, language),
    smoothingWords(one, language),
  ];
  return `| ${cells.join(' | ')} |`;
}

function valueWords(definition: Definition, { value }: IndicatorDefinition, language: Language) {
  const named = (name: string) =>
    definition.columns[name]?.title[language] ??
    definition.indicators[name]?.title[language] ??
    name;
  const quotient =
    value.over === undefined ? named(value.of) : `${named(value.of)} ÷ ${named(value.over)}`;
  return value.per === 1 ? quotient : `${quotient} × ${number(value.per)}`;
}

function goalWords(
  { goal }: IndicatorDefinition,
  frozen: Goal | undefined,
  language: Language,
): [string, string] {
  if ('best' in goal) {
    return [
      `${number(goal.best[0])}–${number(goal.best[1])}`,
      `≤${number(goal.low)} / ≥${number(goal.high)}`,
    ];
  }
  if ('satisfactory' in goal) return [number(goal.satisfactory), number(goal.notAllowed)];
  const { satisfactory, notAllowed, reference } = goal.peers;
  const word = (point: string) =>
    ({ best: { zh: '最优', en: 'best' }, worst: { zh: '最差', en: 'worst' } })[point]?.[language] ??
    point.toUpperCase();
  const peers =
    reference === 'period'
      ? { zh: '本期各地', en: 'of the period' }
      : { zh: '参照组', en: 'of the reference' };
  const shown = (point: string, value: number | undefined) =>
    `${language === 'zh' ? peers.zh : ''}${word(point)}${language === 'en' ? ` ${peers.en}` : ''}${value === undefined ? '' : ` = ${number(value)}`}`;
  const ends = frozen?.kind === 'between' ? frozen : undefined;
  return [shown(satisfactory, ends?.satisfactory), shown(notAllowed, ends?.notAllowed)];
}

function treatmentWords({ treatment }: IndicatorDefinition, language: Language): string {
  const say = (zh: string, en: string) => (language === 'zh' ? zh : en);
  switch (treatment.kind) {
    case 'none':
      return '—';
    case 'bounds': {
      const range = `[${treatment.min ?? '−∞'}, ${treatment.max ?? '∞'}]`;
      return say(`限于 ${range}`, `held within ${range}`);
    }
    case 'winsorise':
      return say(
        `缩尾，至多 ${treatment.pointsMax} 个`,
        `winsorised, at most ${treatment.pointsMax}`,
      );
    case 'quantiles':
      return say(
        `限于 ${percent(treatment.low)}–${percent(treatment.high)} 分位`,
        `held at the ${percent(treatment.low)} and ${percent(treatment.high)} quantiles`,
      );
    default:
      return treatment satisfies never;
  }
}

function missingWords({ missing }: IndicatorDefinition, language: Language): string {
  const say = (zh: string, en: string) => (language === 'zh' ? zh : en);
  switch (missing.rule) {
    case 'leave-out':
      return say('不计', 'left out');
    case 'carry':
      return say(
        `沿用前值，至多 ${missing.periodsMax} 期`,
        `last value, at most ${missing.periodsMax} periods`,
      );
    case 'peer-median':
      return say('取各地中位数', 'median of the others');
    case 'required':
      return say('缺则不出数', 'no figure without it');
    default:
      return missing satisfies never;
  }
}

function smoothingWords({ smoothing }: IndicatorDefinition, language: Language): string {
  const say = (zh: string, en: string) => (language === 'zh' ? zh : en);
  switch (smoothing.kind) {
    case 'none':
      return '—';
    case 'rolling':
      return say(`近 ${smoothing.periods} 期合计`, `sum of ${smoothing.periods} periods`);
    case 'empirical-bayes':
      return say('经验贝叶斯（小基数向总体收缩）', 'empirical Bayes');
    default:
      return smoothing satisfies never;
  }
}

function nodeLines(
  versioned: VersionedDefinition,
  reference: Reference | undefined,
  language: Language,
): string[] {
  const { definition } = versioned;
  const plan = tryPlan(versioned, reference);
  return Object.entries(definition.nodes).flatMap(([name, node]) => {
    const how = AGGREGATION_WORDS[node.aggregation ?? definition.aggregation][language];
    const planned = plan?.nodes.find((one) => one.name === name);
    const parts = node.parts.map(({ of, weight }, i) => {
      const shown = planned?.parts[i]?.weight ?? weight;
      return `- ${titleOf(definition, of)[language]} (${of}): ${shown === undefined ? '—' : number(shown)}`;
    });
    return [
      `**${node.title[language]}** — ${how}${weightingWords(node, language)}`,
      '',
      ...parts,
      '',
    ];
  });
}

/** Weights that wait for a reference cannot be shown without one. */
function tryPlan(
  versioned: VersionedDefinition,
  reference: Reference | undefined,
): IndexPlan | undefined {
  const needs = Object.values(versioned.definition.nodes).some(
    ({ weighting }) => weighting && weighting.kind !== 'pairwise',
  );
  return reference || !needs ? planWithoutGoals(versioned, reference) : undefined;
}

function planWithoutGoals(versioned: VersionedDefinition, reference: Reference | undefined) {
  if (reference) return planIndex(versioned, reference);
  const goal = { satisfactory: 1, notAllowed: 0 };
  const indicators = Object.fromEntries(
    Object.entries(versioned.definition.indicators).map(([name, one]) => [name, { ...one, goal }]),
  );
  return planIndex({ ...versioned, definition: { ...versioned.definition, indicators } });
}

function weightingWords({ weighting }: NodeDefinition, language: Language): string {
  if (!weighting) return '';
  const words = {
    pairwise: { zh: '；权重由两两比较（AHP）得出', en: '; weights by comparison in pairs (AHP)' },
    entropy: { zh: '；权重由熵值法得出', en: '; weights by entropy' },
    critic: { zh: '；权重由 CRITIC 法得出', en: '; weights by CRITIC' },
    combined: { zh: '；主客观权重组合', en: '; given and data weights combined' },
  } as const;
  return words[weighting.kind][language];
}

function gradeLines({ grading, escalation }: Definition, language: Language): string[] {
  const say = (zh: string, en: string) => (language === 'zh' ? zh : en);
  const bands = grading.bands.map(
    ({ name, colour, from }) =>
      `- ${name[language]} (${colour}): ${from === null ? say('其余', 'the rest') : `≥ ${number(from)}`}`,
  );
  const steps = escalation.map(({ periods, name }) =>
    say(
      `- 连续 ${periods} 期最低等级：${name.zh}`,
      `- worst grade ${periods} periods in a row: ${name.en}`,
    ),
  );
  const hysteresis = say(
    `等级变化须越过界限 ${number(grading.hysteresis)} 分。`,
    `A grade changes when a bound is passed by ${number(grading.hysteresis)} points.`,
  );
  return [...bands, '', hysteresis, ...(steps.length > 0 ? ['', ...steps] : [])];
}

function exampleLines(plan: IndexPlan, example: WorkedExample, language: Language): string[] {
  const say = (zh: string, en: string) => (language === 'zh' ? zh : en);
  const result = evaluatePeriod(plan, example.history);
  const { at } = example;
  return [
    `## ${say('五、算例：', '5. A worked example: ')}${example.region[language]}${say('，', ', ')}${example.period}`,
    '',
    say('| 指标 | 指标值 | 得分 |', '| indicator | value | points |'),
    '| --- | --- | --- |',
    ...[...result.indicators].map(
      ([name, { values, scores }]) =>
        `| ${name} | ${shownNumber(values[at])} | ${shownNumber(scores[at])} |`,
    ),
    '',
    ...plan.nodes.map((node) => {
      const figure = result.nodes.get(node.name)?.[at];
      const sum = node.parts
        .map(({ of, weight }) => `${number(weight)}×${shownNumber(figureOf(result, of, at))}`)
        .join(' + ');
      const formula = node.aggregation === 'arithmetic' ? ` = ${sum}` : '';
      return `- ${titleOf(plan.definition, node.name)[language]}${formula} = **${shownNumber(figure)}**`;
    }),
  ];
}

const figureOf = (result: PeriodResult, name: string, at: number): number | undefined =>
  (result.nodes.get(name) ?? result.indicators.get(name)?.scores)?.[at];

const titleOf = (definition: Definition, name: string): Text =>
  (definition.nodes[name] ?? definition.indicators[name])?.title as Text;

const boundsOf = ({ clamp }: Definition, open: string) =>
  `${clamp.min ?? open} – ${clamp.max ?? open}`;

const percent = (share: number) => `${number(share * 100)} %`;

/** Up to six digits after the point, none that say nothing. */
const number = (value: number) => String(Math.round(value * 1e6) / 1e6);

const shownNumber = (value: number | undefined) =>
  value === undefined || Number.isNaN(value) ? '—' : String(Math.round(value * 1e4) / 1e4);
