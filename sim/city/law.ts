// The articles the simulated orders cite, and how their papers are numbered. The papers are invented
// and say so.

import { regionName, type RegionCode } from '../../core/region.ts';

/** Community Corrections Law, by what its article allows (facts.md §4). */
export const ARTICLES = {
  /** Art. 26: learn of whereabouts and conduct by communication, records check and visits. */
  oversight: '《中华人民共和国社区矫正法》第二十六条',
  /** Art. 27: leaving needs approval. */
  leaving: '《中华人民共和国社区矫正法》第二十七条',
  /** Art. 29: electronic positioning, at most three months, approved by the head of the county bureau. */
  monitoring: '《中华人民共和国社区矫正法》第二十九条',
  /** Art. 32: detention and other measures are notified. */
  notification: '《中华人民共和国社区矫正法》第三十二条',
  /** Resettlement help rests on the Prison Law; each further source on an agreement of its own. */
  resettlement: '《中华人民共和国监狱法》第三十七条',
  resettlementTravel: '《中华人民共和国监狱法》第三十七条，数据共享协议(演示)',
} as const;

/** `（2026）川17矫000123号-演示` */
export const paperNumber = (year: number, series: string, serial: number): string =>
  `（${year}）川17${series}${String(serial).padStart(6, '0')}号-演示`;

export const countyBureau = (county: RegionCode): string => `${regionName(county).zh}司法局`;

export const justiceOffice = (county: RegionCode): string => `${regionName(county).zh}司法所甲`;
