// What a notice says that speaks of several alerts: how many, what they have in common, and how all of them are
// acknowledged at once. Nothing about the persons, as everywhere.

import { DAZHOU, regionName } from '../../core/region.ts';
import type { Level } from '../../core/finding.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import type { ChannelKind } from '../../warehouse/records-schema.ts';
import { LEVEL_TABLE } from '../level-table.ts';
import { composeNotice, filledNotice, LATE, referenceOf, type NoticeFacts } from '../texts.ts';
import { DEFAULT_TEMPLATES, type Templates } from '../texts/templates.ts';
import { spellCount } from './spell-count.ts';

/** The text for the alerts of one notice, the one it is named after first; the plain one for a single alert. */
export function composeGroupNotice(
  channel: ChannelKind,
  alerts: readonly [NoticeFacts, ...NoticeFacts[]],
  templates: Templates = DEFAULT_TEMPLATES,
): Text {
  const [first] = alerts;
  if (alerts.length === 1) return composeNotice(channel, first, templates);
  return filledNotice(channel, templates.group[channel], (language) =>
    valuesOf(alerts, first, language),
  );
}

function valuesOf(alerts: readonly NoticeFacts[], first: NoticeFacts, language: Language) {
  const { name, duty } = LEVEL_TABLE[first.level as Level];
  const common = (values: readonly string[], several: Text) =>
    new Set(values).size === 1 ? (values[0] as string) : several[language];
  return {
    reference: referenceOf(first.alertId),
    level: name[language],
    duty: duty[language],
    count: String(alerts.length),
    spelledCount: spellCount(alerts.length, language),
    county: common(
      alerts.map(({ region }) => regionName(region)[language]),
      regionName(DAZHOU),
    ),
    title: common(
      alerts.map(({ title }) => title[language]),
      SEVERAL_KINDS,
    ),
    late: first.late ? LATE[language] : '',
  };
}

const SEVERAL_KINDS = text('多类情形', 'several kinds');
